// Says so when a tab that showed one person's pages shows another's: somebody signed in beside it, in another tab.
(() => {
  "use strict";
  const note = document.getElementById("signed-in");
  const now = note.dataset.for;
  try {
    const before = sessionStorage.getItem("for");
    note.hidden = now === "nobody" || !before || before === "nobody" || before === now;
    sessionStorage.setItem("for", now);
  } catch {
    // A private window that keeps nothing has no other tab either.
  }
})();
