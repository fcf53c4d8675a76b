/**
 * Builds what browsers load into client-plugin/dist, from scratch:
 *
 *   home.html, studio.html, watch.html,  the pages; their files are in assets/, named by a hash
 *   privacy.html, embed.html,
 *   missing.html
 *   meshlift.mjs, meshlift.js            the plugin, as a module and as a script (global `Meshlift`)
 *   meshlift-relay.mjs                   the part of the plugin that is loaded when a relay is used
 *   meshlift-elements.mjs                players and rooms as elements, over the plugin beside it
 *
 * Whatever is text and more than a kilobyte also lies beside itself as .br and .gz.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type InlineConfig, type Plugin, type Rolldown } from 'vite';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const DIST = join(ROOT, 'dist');
const PAGES_ROOT = join(ROOT, 'src', 'pages');
/**
 * Pages that are built together share their parts. Those that nobody comes to from the others are built alone:
 * what they shared with the others would be a file more for each of them to ask for.
 */
const PAGES = [['home', 'studio', 'watch'], ['privacy'], ['embed'], ['missing']];
const PLUGIN_ENTRY = join(ROOT, 'src', 'index.ts');
const RELAY_ENTRY = join(ROOT, 'src', 'relay', 'relay-client.ts');
const ELEMENTS_ENTRY = join(ROOT, 'src', 'elements', 'index.ts');
const PLUGIN_FILE = './meshlift.mjs';
const RELAY_FILE = './meshlift-relay.mjs';

/** The pages that need the relay part at once, so that it must not wait for the script that imports it. */
const RELAY_AT_ONCE = /\/(watch|embed)\/index\.html$/;

const shared: InlineConfig = {
  root: PAGES_ROOT,
  configFile: false,
  envDir: false,
  publicDir: false,
  logLevel: 'warn',
};

const output: InlineConfig['build'] = {
  outDir: DIST,
  emptyOutDir: false,
  target: 'es2022',
  sourcemap: false,
  reportCompressedSize: false,
};

/**
 * Names every script a page will need in its HTML, imported ones of imported ones too, so that the browser
 * asks for all of them in the first round instead of finding them one after another.
 */
function preloadEverything(): Plugin {
  return {
    name: 'meshlift:preload-everything',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {}, chunk, filename }) {
        const files = new Set<string>();
        const visit = (fileName: string) => {
          const part = bundle[fileName];
          if (part?.type !== 'chunk' || files.has(fileName)) return;
          files.add(fileName);
          part.imports.forEach(visit);
          if (RELAY_AT_ONCE.test(filename)) part.dynamicImports.forEach(visit);
        };
        if (chunk) visit(chunk.fileName);
        files.delete(chunk?.fileName ?? '');
        for (const fileName of neededByEach(chunk?.dynamicImports ?? [], bundle)) files.add(fileName);
        return [...files].map((fileName) => ({
          tag: 'link',
          attrs: { rel: 'modulepreload', crossorigin: true, href: `/${fileName}` },
          injectTo: 'head' as const,
        }));
      },
    },
  };
}

/** A page that chooses between several loads this in any case: what every one of them imports. */
function neededByEach(entries: string[], bundle: Rolldown.OutputBundle): string[] {
  const needs = entries.map((entry) => {
    const files = new Set<string>();
    const visit = (fileName: string) => {
      const part = bundle[fileName];
      if (part?.type !== 'chunk' || files.has(fileName)) return;
      files.add(fileName);
      part.imports.forEach(visit);
    };
    visit(entry);
    return files;
  });
  const [first = new Set<string>(), ...others] = needs;
  return others.length === 0 ? [] : [...first].filter((file) => others.every((files) => files.has(file)));
}

async function buildPages(pages: string[]): Promise<void> {
  // Parts of a page that is built alone say whose they are: another build may have one of the same name.
  const owner = pages.length === 1 ? `${pages[0]}-` : '';
  await build({
    ...shared,
    base: '/',
    plugins: [preloadEverything()],
    build: {
      ...output,
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: Object.fromEntries(pages.map((page) => [page, join(PAGES_ROOT, page, 'index.html')])),
        output: { chunkFileNames: `assets/${owner}[name]-[hash].js` },
      },
    },
  });
  for (const page of pages) {
    await rename(join(DIST, page, 'index.html'), join(DIST, `${page}.html`));
    await rm(join(DIST, page), { recursive: true });
  }
}

/** Leaves a part out of a bundle, to be imported from the file of that name beside it. */
function beside(entry: string, file: string): Plugin {
  return {
    name: `meshlift:beside-${basename(file)}`,
    enforce: 'pre',
    resolveId(source, importer) {
      if (importer === undefined || !source.startsWith('.')) return null;
      const path = resolve(importer, '..', source);
      return path === entry ? { id: file, external: true } : null;
    },
  };
}

const relayBeside = () => beside(RELAY_ENTRY, RELAY_FILE);

/**
 * A script from another origin has no address of its own that a relative import could start from
 * (https://html.spec.whatwg.org/#creating-a-classic-script, "muted errors"), so it keeps the one it was loaded by.
 */
function importBesideScript(): Plugin {
  const written = new RegExp(`import\\((["'\`])${RELAY_FILE.replaceAll('.', '\\.')}\\1\\)`, 'g');
  return {
    name: 'meshlift:import-beside-script',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const chunk of Object.values(bundle)) {
          if (chunk.type !== 'chunk') continue;
          const code = chunk.code.replace(written, `import(new URL("${RELAY_FILE}",meshliftScript).href)`);
          chunk.code = `(()=>{const meshliftScript=document.currentScript?.src||location.href;\n${code.replace(
            /^var Meshlift\s*=/m,
            'globalThis.Meshlift=',
          )}})();\n`;
          for (const part of ['globalThis.Meshlift=', 'meshliftScript).href)']) {
            if (!chunk.code.includes(part)) this.error(`the script was not written as expected: no ${part}`);
          }
        }
      },
    },
  };
}

interface PluginFile {
  entry: string;
  fileName: string;
  format: 'es' | 'iife';
  plugins: Plugin[];
}

async function buildPlugin({ entry, fileName, format, plugins }: PluginFile): Promise<void> {
  await build({
    ...shared,
    plugins,
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      ...output,
      // Vite leaves a library's white space in by itself.
      rolldownOptions: { output: { minify: true } },
      lib: { entry, name: 'Meshlift', formats: [format], fileName: () => fileName },
    },
  });
}

const compress = {
  '.br': (text: Buffer) =>
    promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: text.length } }),
  '.gz': (text: Buffer) => promisify(gzip)(text, { level: 9 }),
};

async function precompress(): Promise<string[]> {
  const entries = await readdir(DIST, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all(
    files.map(async (file) => {
      if (!/\.(js|mjs|css|html|svg)$/.test(file)) return;
      const text = await readFile(file);
      if (text.length <= 1024) return;
      await Promise.all(
        Object.entries(compress).map(async ([suffix, how]) => writeFile(file + suffix, await how(text))),
      );
    }),
  );
  return files;
}

const started = performance.now();
try {
  await rm(DIST, { recursive: true, force: true });
  await mkdir(DIST);
  for (const pages of PAGES) await buildPages(pages);
  const main = { entry: PLUGIN_ENTRY, format: 'es' as const, plugins: [relayBeside()] };
  await buildPlugin({ ...main, fileName: basename(PLUGIN_FILE) });
  await buildPlugin({
    ...main,
    fileName: 'meshlift.js',
    format: 'iife',
    plugins: [relayBeside(), importBesideScript()],
  });
  await buildPlugin({ entry: RELAY_ENTRY, fileName: basename(RELAY_FILE), format: 'es', plugins: [] });
  await buildPlugin({
    entry: ELEMENTS_ENTRY,
    fileName: 'meshlift-elements.mjs',
    format: 'es',
    plugins: [beside(PLUGIN_ENTRY, PLUGIN_FILE)],
  });
  const files = await precompress();
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`${relative(process.cwd(), DIST)}: ${files.length} files in ${seconds} s`);
} catch (error) {
  console.error(`The pages were not built. ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
