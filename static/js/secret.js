// Django's secret of the forms. It changes when somebody signs in again in another tab; the cookie always has the present
// one, or none.
globalThis.secret = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
