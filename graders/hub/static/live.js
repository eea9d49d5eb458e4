// Puts the sections that the server sends in place of those shown, and keeps the keyboard where it was.
(() => {
  const live = document.getElementById("live");
  if (!live || !window.EventSource) return;
  const state = document.getElementById("link-state");
  const events = new EventSource(live.dataset.events);
  const key = (it) => it && live.contains(it) && it.getAttribute("href");
  events.onmessage = (event) => {
    state.textContent = "";
    const next = new DOMParser().parseFromString(event.data, "text/html");
    const wanted = [...next.body.children];
    const focused = key(document.activeElement);
    const section = document.activeElement?.closest("#live > section")?.id;
    for (const old of [...live.children]) {
      if (!wanted.some((it) => it.id === old.id)) old.remove();
    }
    wanted.forEach((it, place) => {
      const old = document.getElementById(it.id);
      if (old && old.isEqualNode(it)) return;
      if (old) old.replaceWith(document.adoptNode(it));
      else live.insertBefore(document.adoptNode(it), live.children[place] ?? null);
    });
    if (focused && !live.contains(document.activeElement)) {
      const again = [...live.querySelectorAll(`#${section} a`)].find((it) => it.getAttribute("href") === focused);
      again?.focus({ preventScroll: true });
    }
  };
  events.onerror = () => {
    state.textContent = "Not connected; trying again. Load the page anew if this stays.";
  };
})();
