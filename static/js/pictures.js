// A picture that does not come, such as without a connection: the line figure stands there again, else what the picture shows.
(() => {
  "use strict";
  const instead = (picture) => {
    const figure = picture.nextElementSibling;
    if (figure?.matches(".drawn")) figure.classList.remove("stands-by");
    else {
      const words = document.createElement("p");
      words.className = "unseen";
      words.textContent = picture.alt;
      picture.before(words);
    }
    picture.remove();
  };
  for (const picture of document.querySelectorAll(".photo")) {
    picture.addEventListener("error", () => instead(picture), { once: true });
    // It may have failed before this was read.
    if (picture.complete && !picture.naturalWidth) picture.decode().catch(() => picture.isConnected && instead(picture));
  }
})();
