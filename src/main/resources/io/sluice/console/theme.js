// The system's colours, or the ones that were chosen here.

const KEY = 'sluice.console.theme';
const NEXT = { system: 'light', light: 'dark', dark: 'system' };
const WORDS = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };

function stored() {
  try {
    const value = localStorage.getItem(KEY);
    return value in NEXT ? value : 'system';
  } catch {
    return 'system'; // a browser that keeps nothing
  }
}

function store(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // then it holds until the page is closed
  }
}

/** Makes the button switch; calls changed after every change of colours. */
export function themes(button, changed) {
  let theme = stored();
  const apply = () => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = WORDS[theme];
    changed();
  };
  button.addEventListener('click', () => {
    theme = NEXT[theme];
    store(theme);
    apply();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  apply();
}

const probe = document.createElement('span');
probe.hidden = true;

/** A colour of the style sheet, as canvases understand it. */
export function colour(name) {
  if (!probe.isConnected) document.body.append(probe);
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
}
