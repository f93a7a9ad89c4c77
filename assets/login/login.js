// Comfort for the session login, which works without it: numbers in groups, the name from last time,
// and in a frame the height that the form needs.

(() => {
  const number = document.getElementById("number");
  number?.addEventListener("input", () => {
    if (number.selectionStart !== number.value.length) return;
    const digits = number.value.replace(/\D/g, "").slice(0, 9);
    number.value = digits.replace(/(\d{3})(?=\d)/g, "$1 ");
  });

  const name = document.getElementById("name");
  try {
    name.value ||= localStorage.getItem("katheder.name") ?? "";
  } catch {
    // Private windows and frames may have no storage.
  }

  if (window.parent === window) return;
  const tell = () => {
    const height = Math.ceil(document.querySelector("main").getBoundingClientRect().height);
    window.parent.postMessage({ kathederHeight: height }, "*");
  };
  new ResizeObserver(tell).observe(document.querySelector("main"));
})();
