// Browsers let no page search that was opened from a folder: the box would search for ever.
if (location.protocol === "file:") document.querySelectorAll("[role=search]").forEach((box) => box.remove());
