import { FRAME_COUNTER_HEIGHT } from './frame-counter.ts';

const SANS = 'ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';

const ink = '#0d1413';
const line = 'rgb(255 255 255 / 0.07)';
const faint = '#8aa29b';
const bright = '#eaf3ef';
const accent = '#5fe0b4';

/** The eight colours every monitor is judged by, a little softened, and a ramp of greys. */
const bars = ['#e9e9e4', '#dcd04e', '#4fc9d8', '#57c463', '#c95bc0', '#d2554c', '#4a62d8', '#15201e'];
const greys = 11;

type Point = readonly [x: number, y: number];

/**
 * The picture above the frame counter. All lengths are parts of the unit `u`, one percent of the height,
 * so that it looks the same at any size. What does not move is drawn once and copied.
 */
export class TestCard {
  readonly #ctx: CanvasRenderingContext2D;
  readonly #width: number;
  readonly #height: number;
  readonly #frameRate: number;
  readonly #u: number;
  readonly #still: HTMLCanvasElement;

  constructor(ctx: CanvasRenderingContext2D, width: number, height: number, frameRate: number) {
    this.#ctx = ctx;
    this.#width = width;
    this.#height = height;
    this.#frameRate = frameRate;
    this.#u = Math.min(height, width * 0.75) / 100;
    this.#still = this.#drawStill();
  }

  /** Draws the card as it looks `elapsedMs` after its start, as frame number `count`. */
  draw(elapsedMs: number, count: number): void {
    const ctx = this.#ctx;
    const u = this.#u;
    ctx.drawImage(this.#still, 0, 0);
    this.#drawDial(elapsedMs);

    const left = this.#left;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    ctx.fillStyle = bright;
    ctx.font = `600 ${10.5 * u}px ${MONO}`;
    ctx.fillText(clockText(new Date()), left, 46 * u);
    ctx.font = `500 ${3 * u}px ${MONO}`;
    ctx.fillStyle = accent;
    ctx.fillText(`frame ${String(count).padStart(6, '0')}`, left, 53 * u);
  }

  get #left(): number {
    return 7 * this.#u;
  }

  get #dial(): { x: number; y: number; radius: number } {
    return { x: this.#width - 32 * this.#u, y: 37 * this.#u, radius: 22 * this.#u };
  }

  #drawStill(): HTMLCanvasElement {
    const canvas = document.createElement('canvas');
    canvas.width = this.#width;
    canvas.height = this.#height;
    const ctx = canvas.getContext('2d', { alpha: false });
    if (!ctx) return canvas;
    const u = this.#u;
    const background = ctx.createLinearGradient(0, 0, this.#width, this.#height);
    background.addColorStop(0, '#15211f');
    background.addColorStop(1, ink);
    ctx.fillStyle = background;
    ctx.fillRect(0, 0, this.#width, this.#height);
    this.#drawGrid(ctx);

    drawMark(ctx, this.#left, 9 * u, 10 * u);
    ctx.textBaseline = 'alphabetic';
    ctx.fillStyle = bright;
    ctx.font = `650 ${5 * u}px ${SANS}`;
    ctx.fillText('Meshlift', this.#left + 13 * u, 13.6 * u);
    ctx.fillStyle = faint;
    ctx.font = `450 ${2.7 * u}px ${SANS}`;
    ctx.fillText(
      `Test picture, ${this.#width} × ${this.#height}, ${this.#frameRate} frames a second`,
      this.#left + 13 * u,
      18.2 * u,
    );
    this.#drawDialFace(ctx);
    this.#drawBars(ctx);
    return canvas;
  }

  #drawGrid(ctx: CanvasRenderingContext2D): void {
    ctx.strokeStyle = line;
    ctx.lineWidth = Math.max(1, this.#u * 0.14);
    const step = 10 * this.#u;
    ctx.beginPath();
    for (let x = (this.#width % step) / 2; x < this.#width; x += step) {
      ctx.moveTo(x, 0);
      ctx.lineTo(x, this.#height);
    }
    for (let y = step / 2; y < this.#height; y += step) {
      ctx.moveTo(0, y);
      ctx.lineTo(this.#width, y);
    }
    ctx.stroke();
  }

  /** Colours and greys, down to the frame counter, of which they are the upper rows. */
  #drawBars(ctx: CanvasRenderingContext2D): void {
    const bottom = this.#height * (1 - FRAME_COUNTER_HEIGHT);
    const greyHeight = 6 * this.#u;
    const barHeight = 15 * this.#u;
    const row = (colours: string[], top: number, height: number) => {
      colours.forEach((colour, index) => {
        const from = Math.round((index * this.#width) / colours.length);
        const to = Math.round(((index + 1) * this.#width) / colours.length);
        ctx.fillStyle = colour;
        ctx.fillRect(from, Math.round(top), to - from, Math.ceil(height));
      });
    };
    row(bars, bottom - greyHeight - barHeight, barHeight);
    const ramp = Array.from({ length: greys }, (_, index) => {
      const level = Math.round((255 * index) / (greys - 1));
      return `rgb(${level} ${level} ${level})`;
    });
    row(ramp, bottom - greyHeight, greyHeight);
  }

  #drawDialFace(ctx: CanvasRenderingContext2D): void {
    const { x, y, radius } = this.#dial;
    ctx.fillStyle = ink;
    circle(ctx, [x, y], radius);
    ctx.fill();
    ctx.strokeStyle = 'rgb(255 255 255 / 0.16)';
    ctx.lineWidth = this.#u * 0.5;
    ctx.stroke();
    ctx.strokeStyle = faint;
    for (let mark = 0; mark < 60; mark++) {
      const long = mark % 5 === 0;
      ctx.lineWidth = this.#u * (long ? 0.5 : 0.22);
      ctx.beginPath();
      ctx.moveTo(...around([x, y], radius * 0.93, mark / 60));
      ctx.lineTo(...around([x, y], radius * (long ? 0.84 : 0.89), mark / 60));
      ctx.stroke();
    }
  }

  /** A hand that goes round once in two seconds with a tail behind it: stutter and freezes show at a glance. */
  #drawDial(elapsedMs: number): void {
    const ctx = this.#ctx;
    const { x, y, radius } = this.#dial;
    const turn = (elapsedMs / 2_000) % 1;
    const tail = ctx.createConicGradient(angle(turn + 0.02), x, y);
    tail.addColorStop(0.65, 'rgb(95 224 180 / 0)');
    tail.addColorStop(0.98, accent);
    ctx.strokeStyle = tail;
    ctx.lineWidth = radius * 0.16;
    ctx.beginPath();
    ctx.arc(x, y, radius * 0.68, angle(turn - 0.33), angle(turn));
    ctx.stroke();
    ctx.fillStyle = bright;
    circle(ctx, around([x, y], radius * 0.68, turn), radius * 0.12);
    ctx.fill();
    ctx.font = `600 ${this.#u * 11}px ${SANS}`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.fillText(String(Math.floor(elapsedMs / 1_000) % 100), x, y + this.#u * 0.6);
  }
}

const angle = (turn: number) => (turn - 0.25) * 2 * Math.PI;

function around([x, y]: Point, radius: number, turn: number): [number, number] {
  return [x + radius * Math.cos(angle(turn)), y + radius * Math.sin(angle(turn))];
}

function circle(ctx: CanvasRenderingContext2D, [x, y]: Point, radius: number): void {
  ctx.beginPath();
  ctx.arc(x, y, radius, 0, 2 * Math.PI);
}

function clockText(time: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const ms = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}

/** The Meshlift mark, as in shared/icons.ts, in a square of that size. */
function drawMark(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  const at = ([px, py]: Point): [number, number] => [x + (px / 24) * size, y + (py / 24) * size];
  const [top, left, middle, right]: [Point, Point, Point, Point] = [
    [12, 4],
    [4, 17],
    [12, 20],
    [20, 17],
  ];
  ctx.strokeStyle = accent;
  ctx.lineWidth = size * 0.07;
  ctx.lineJoin = 'round';
  ctx.beginPath();
  ctx.moveTo(...at(top));
  for (const point of [left, middle, right, top, middle]) ctx.lineTo(...at(point));
  ctx.stroke();
  ctx.fillStyle = accent;
  for (const point of [top, left, middle, right]) {
    circle(ctx, at(point), size * (point === top ? 0.14 : 0.1));
    ctx.fill();
  }
}
