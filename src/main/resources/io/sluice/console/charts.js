import uPlot from './uPlot.esm.js';
import { el } from './dom.js';
import { colour } from './theme.js';

const SECONDS = 120;
const HEIGHT = 84;
const charts = new Set();

/** Draws all charts again, in the colours of now. */
export function redraw() {
  for (const chart of charts) chart.redraw(false, true);
}

const faded = name => colour(name).replace('rgb(', 'rgba(').replace(')', ', 0.16)');

const widths = new ResizeObserver(entries => {
  for (const entry of entries) {
    const width = Math.floor(entry.contentRect.width);
    if (width > 0) entry.target.chart?.setSize({ width, height: HEIGHT });
  }
});

/**
 * A small chart of the last two minutes.
 *
 * @param lines each {colour, fill, rare}; the value of each in each second is given to add
 * @param format of the numbers on the axis
 */
export class Chart {
  constructor(lines, format) {
    this.times = [];
    this.values = lines.map(() => []);
    this.node = el('div.chart', { role: 'img' });
    this.chart = new uPlot({
      width: 280,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      padding: [6, 2, 7, 0],
      scales: {
        x: { time: false, range: () => [this.now - SECONDS + 1, this.now] },
        y: { range: (u, low, high) => [0, high > 0 ? high * 1.15 : 1] },
      },
      axes: [
        { show: false },
        {
          size: 46,
          gap: 4,
          font: '11px system-ui, sans-serif',
          stroke: () => colour('--mute'),
          grid: { stroke: () => colour('--line'), width: 1 },
          ticks: { show: false },
          splits: (u, axis, low, high) => [0, high / 1.15 / 2, high / 1.15],
          values: (u, splits) => splits.map(format),
        },
      ],
      series: [
        {},
        ...lines.map((line, i) => ({
          // Without an error there is no line of errors.
          stroke: () => (line.rare && !this.values[i].some(value => value > 0) ? 'transparent' : colour(line.colour)),
          fill: line.fill ? () => faded(line.colour) : undefined,
          width: 1.5,
          points: { show: false },
          spanGaps: false,
        })),
      ],
    }, [[], ...lines.map(() => [])], this.node);
    this.now = 0;
    this.node.chart = this.chart;
    charts.add(this.chart);
    widths.observe(this.node);
  }

  /** The values of one second; null where there is none. */
  add(second, values, label) {
    const last = this.times[this.times.length - 1];
    if (last === second) return;
    if (last !== undefined && second - last > 3) this.push(last + 1, values.map(() => null));
    this.push(second, values);
    while (this.times[0] < second - SECONDS) {
      this.times.shift();
      this.values.forEach(line => line.shift());
    }
    this.now = second;
    this.node.setAttribute('aria-label', label);
    this.chart.setData([this.times, ...this.values]);
  }

  push(second, values) {
    this.times.push(second);
    this.values.forEach((line, i) => line.push(values[i]));
  }

  end() {
    widths.unobserve(this.node);
    charts.delete(this.chart);
    this.chart.destroy();
  }
}
