/** The parts of a package-lock.json, and of npm's record of what it installed, that are compared. */
export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

export interface LockedPackage {
  version?: string;
  /** For a link, the folder it points to. */
  resolved?: string;
  /** A workspace: a link in node_modules to a folder of this checkout. */
  link?: boolean;
  /** Only for some platforms, or not worth failing for. */
  optional?: boolean;
  devOptional?: boolean;
}

/** The packages to have in node_modules, without the links and those npm may leave out. */
export function requiredPackages(wanted: Lockfile): [path: string, locked: LockedPackage][] {
  return Object.entries(wanted.packages).filter(
    ([path, { link, optional, devOptional }]) =>
      path.startsWith('node_modules/') && !link && !optional && !devOptional,
  );
}

/** The workspaces' links: where in node_modules each is, and which folder it leads to. */
export function workspaceLinks(wanted: Lockfile): [path: string, folder: string][] {
  return Object.entries(wanted.packages).flatMap(([path, { link, resolved }]) =>
    link && resolved ? [[path, resolved] as [string, string]] : [],
  );
}

/** The first package that is wanted and not installed at that version, or undefined. */
export function firstMissing(wanted: Lockfile, installed: Lockfile): string | undefined {
  return requiredPackages(wanted).find(
    ([path, { version }]) => installed.packages[path]?.version !== version,
  )?.[0];
}
