import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GraphicComponent, GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Chart } from '../result.ts';
import { chartLayout } from './chart-layout.ts';
import { chartOption } from './chart-option.ts';
import { CHART } from './chart-style.ts';

echarts.use([
  BarChart,
  LineChart,
  ScatterChart,
  GraphicComponent,
  GridComponent,
  LegendComponent,
  TitleComponent,
  SVGRenderer,
]);

/** A chart as the text of an SVG file. The same chart gives the same bytes, whatever was drawn before. */
export function chartSvg(chart: Chart): string {
  const layout = chartLayout(chart);
  const drawing = echarts.init(null, null, {
    renderer: 'svg',
    ssr: true,
    width: CHART.width,
    height: layout.height,
  });
  try {
    drawing.setOption(chartOption(chart, layout));
    return `${withoutPointer(drawing.renderToSVGString())}\n`;
  } finally {
    drawing.dispose();
  }
}

/**
 * What the library adds for a pointer, and nothing in a document can use; its names count all drawings of the
 * process, which would make the file depend on them.
 */
function withoutPointer(svg: string): string {
  return svg
    .replace(/<style ?>[\s\S]*?<\/style>\s*/g, '')
    .replace(/ (?:class|ecmeta_\w+|pointer-events)="[^"]*"/g, '')
    .replace(/\bzr\d+-/g, '');
}
