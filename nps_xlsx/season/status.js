"use strict";
/* Reloads the page for whoever asks for it; without this program the page is the same, and is reloaded by hand. */
const again = document.getElementById("again");
again.closest("[hidden]").hidden = false;
again.checked = location.hash === "#again";
again.addEventListener("change", () => history.replaceState(null, "", again.checked ? "#again" : "#"));
setInterval(() => { if (again.checked) location.reload(); }, 5 * 60 * 1000);
