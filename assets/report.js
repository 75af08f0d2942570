// @ts-check
// The page's behaviour. Everything is in the document already; this shows one program at a time, and on a live page swaps
// in the parts that changed.
(() => {
  'use strict';
  const root = document.documentElement;
  const panels = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll('section[data-program]')]);
  /** @param {Element} link */
  const idOf = (link) => (link.getAttribute('href') ?? '').slice('#p-'.length);
  const links = () => [...document.querySelectorAll('a[href^="#p-"]')];
  let selected = '';

  // What the server sent, to compare with what it sends next: the page itself changes it by marks and open parts.
  /** @type {WeakMap<Element, string>} */
  const pristine = new WeakMap();
  const events = root.dataset.events;
  if (events !== undefined) {
    for (const element of document.querySelectorAll('[data-part], section[data-program]'))
      pristine.set(element, element.innerHTML);
  }

  /** Marks the selected program in the table and in the plots. */
  function mark() {
    for (const link of links()) {
      const isSelected = idOf(link) === selected;
      link.classList.toggle('selected', isSelected);
      if (isSelected) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
      link.closest('tr')?.classList.toggle('selected', isSelected);
    }
  }

  /** Shows one program and hides the others. @param {string} id */
  function show(id) {
    const panel = panels().find((candidate) => candidate.dataset.program === id);
    if (panel === undefined) return false;
    for (const other of panels()) other.hidden = other !== panel;
    selected = id;
    mark();
    return true;
  }

  /** @param {string} id */
  function select(id) {
    if (!show(id)) return;
    history.replaceState(null, '', `#p-${id}`);
    const heading = document.getElementById(`h-${id}`);
    heading?.focus({ preventScroll: true });
    heading?.scrollIntoView({ block: 'start', behavior: 'auto' });
    say(`Program ${id} is shown.`);
  }

  /** Whether the text is on the clipboard now; a page from disk may not be let there. @param {string} text */
  async function copyText(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  }

  /** @param {string} text */
  function say(text) {
    const place = document.getElementById('announce');
    if (place !== null) place.textContent = text;
  }

  document.addEventListener('click', (event) => {
    const target = /** @type {Element} */ (event.target);
    const copy = target.closest('button[data-copy]');
    if (copy !== null) {
      const text = copy.parentElement?.querySelector('code')?.textContent ?? '';
      void copyText(text).then((isCopied) => {
        copy.textContent = isCopied ? 'copied' : 'select it and press Ctrl-C';
        return isCopied;
      });
      return;
    }
    const link = target.closest('a[href^="#p-"]') ?? target.closest('.front tbody tr')?.querySelector('a[href^="#p-"]');
    if (link === null || link === undefined) return;
    event.preventDefault();
    select(idOf(link));
  });

  // A foldable part opens and closes in all programs, so that choosing another one keeps what is open.
  document.addEventListener(
    'toggle',
    (event) => {
      const details = /** @type {HTMLDetailsElement} */ (event.target);
      const key = details.dataset?.key;
      if (key === undefined) return;
      for (const other of document.querySelectorAll('details[data-key]')) {
        if (/** @type {HTMLElement} */ (other).dataset.key === key)
          /** @type {HTMLDetailsElement} */ (other).open = details.open;
      }
    },
    true,
  );

  /** Shows what is pointed at below the plot, and lights up its row and its dot. @param {Event} event */
  function hover(event) {
    const target = /** @type {Element} */ (event.target);
    const at = target.closest?.('.front a[href^="#p-"], .front tbody tr');
    const link = at?.matches('tr') ? at.querySelector('a[href^="#p-"]') : at;
    const id = link === null || link === undefined ? '' : idOf(link);
    for (const other of document.querySelectorAll('.front a[href^="#p-"]')) {
      const isHovered = idOf(other) === id;
      other.classList.toggle('hover', isHovered);
      other.closest('tr')?.classList.toggle('hover', isHovered);
    }
    const readout = document.querySelector('.readout');
    const text = document.querySelector(`.front .plot a[href="#p-${CSS.escape(id)}"] title`)?.textContent;
    if (readout !== null && id !== '' && text) readout.textContent = text;
  }
  document.addEventListener('pointerover', hover);
  document.addEventListener('focusin', hover);

  addEventListener('hashchange', () => select(location.hash.slice('#p-'.length)));
  addEventListener('beforeprint', () => {
    for (const details of document.querySelectorAll('details[data-key="source"]')) details.setAttribute('open', '');
  });

  const first = panels().find((panel) => !panel.hidden) ?? panels()[0];
  if (!show(location.hash.slice('#p-'.length)) && first !== undefined) show(first.dataset.program ?? '');

  /** Takes over the parts of a newer page that differ; the selection, the focus, open parts and the scroll position stay. @param {string} text */
  function update(text) {
    const next = new DOMParser().parseFromString(text, 'text/html');
    const open = new Map(
      [...document.querySelectorAll('details[data-key]')].map((part) => {
        const details = /** @type {HTMLDetailsElement} */ (part);
        return [details.dataset.key, details.open];
      }),
    );
    for (const part of document.querySelectorAll('[data-part]:not([data-part="programs"])')) {
      const fresh = next.querySelector(`[data-part="${/** @type {HTMLElement} */ (part).dataset.part}"]`);
      if (fresh === null || fresh.innerHTML === pristine.get(part)) continue;
      const focused = document.activeElement;
      const href = focused !== null && part.contains(focused) ? focused.getAttribute('href') : null;
      pristine.set(part, fresh.innerHTML);
      part.replaceChildren(...fresh.childNodes);
      if (href !== null) part.querySelector(`a[href="${href}"]`)?.focus({ preventScroll: true });
    }
    updatePanels(next, open);
    const data = next.getElementById('data');
    document.getElementById('data')?.replaceWith(data ?? '');
    if (!show(selected)) {
      const fallback = panels()[0];
      if (fallback) show(fallback.dataset.program ?? '');
    }
  }

  /** Adds and renews programs. The selected one stays as it is when it has left the front. @param {Document} next @param {Map<string | undefined, boolean>} open */
  function updatePanels(next, open) {
    const place = document.getElementById('programs');
    if (place === null) return;
    const kept = new Map(panels().map((panel) => [panel.dataset.program, panel]));
    /** @type {Element[]} */
    const now = [];
    for (const fresh of /** @type {NodeListOf<HTMLElement>} */ (next.querySelectorAll('section[data-program]'))) {
      const old = kept.get(fresh.dataset.program);
      const markup = fresh.innerHTML;
      if (old !== undefined && pristine.get(old) === markup) now.push(old);
      else if (old !== undefined && old.contains(document.activeElement) && old.dataset.program === selected)
        now.push(old);
      else {
        const panel = document.adoptNode(fresh);
        for (const details of /** @type {NodeListOf<HTMLDetailsElement>} */ (
          panel.querySelectorAll('details[data-key]')
        )) {
          details.open = open.get(details.dataset.key) ?? details.open;
        }
        pristine.set(panel, markup);
        now.push(panel);
      }
    }
    const current = kept.get(selected);
    if (
      current !== undefined &&
      !now.some((panel) => /** @type {HTMLElement} */ (panel).dataset.program === selected)
    ) {
      if (current.querySelector('.gone') === null) {
        const note = document.createElement('p');
        note.className = 'warn gone';
        note.textContent = 'A better program has taken its place: it is not on the front any more.';
        current.querySelector('h2')?.after(note);
      }
      now.push(current);
    }
    for (let index = 0; index < now.length; index++) {
      if (place.children[index] !== now[index]) place.insertBefore(now[index], place.children[index] ?? null);
    }
    for (const panel of Array.from(place.children)) if (!now.includes(panel)) panel.remove();
  }

  if (events !== undefined) {
    let isBusy = false;
    let isStale = false;
    const refresh = async () => {
      if (isBusy) {
        isStale = true;
        return;
      }
      isBusy = true;
      try {
        const answer = await fetch(location.pathname, { cache: 'no-store' });
        if (answer.ok) update(await answer.text());
      } finally {
        isBusy = false;
        if (isStale) {
          isStale = false;
          void refresh();
        }
      }
    };
    const status = document.getElementById('live');
    const source = new EventSource(events);
    source.addEventListener('changed', (event) => {
      const text = event.data;
      // The first message tells where the run stands; the page shows that already, unless it has moved on meanwhile.
      if (status?.textContent === text) return;
      if (status !== null) status.textContent = text;
      void refresh();
    });
    source.addEventListener('over', (event) => {
      if (status !== null) status.textContent = event.data;
      source.close();
      void refresh();
    });
    source.addEventListener('error', () => {
      if (status !== null) status.textContent = 'The server does not answer; this is the last state that it sent.';
    });
  }
})();
