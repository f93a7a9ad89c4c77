// Puts a hub's session login where this script's element stands:
// <script src="https://meet.example.org/login/embed.js" data-number="483920175" async></script>

(() => {
  const script = document.currentScript;
  const address = new URL("/login/embed", script.src);
  for (const name of ["number", "color", "background", "title", "language"]) {
    if (script.dataset[name]) address.searchParams.set(name, script.dataset[name]);
  }
  const frame = document.createElement("iframe");
  frame.src = address;
  frame.title = script.dataset.title || "Katheder";
  Object.assign(frame.style, { border: "0", width: "100%", maxWidth: "480px", height: "460px" });
  window.addEventListener("message", (event) => {
    const height = event.data?.kathederHeight;
    if (event.source !== frame.contentWindow || event.origin !== address.origin) return;
    if (Number.isInteger(height)) frame.style.height = `${Math.min(Math.max(height, 100), 1500)}px`;
  });
  script.after(frame);
})();
