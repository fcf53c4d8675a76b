# What docker/test counts, and how it waits. Expects $work; sourced, not run.

passed=0 failed=0 skipped=0
failures=()
child=

say() { printf 'docker: %3d s  %s\n' "$SECONDS" "$*"; }

# Runs a command so that a stop is heard at once: bash hears nothing while a program runs in its foreground. The
# command has a process group of its own, so that it can be stopped with all that it has started.
stoppable() {
  local status=0
  set -m
  "$@" </dev/null &
  child=$!
  set +m
  wait "$child" || status=$?
  child=
  return "$status"
}

stop_child() {
  [ -n "$child" ] || return 0
  kill -TERM -- "-$child" 2>/dev/null || true
  wait "$child" 2>/dev/null || true
  child=
}

# check WHAT COMMAND...: the command's status is the verdict, and its output is shown where that is bad.
check() {
  local what=$1
  shift
  if stoppable "$@" >"$work/check" 2>&1; then
    passed=$((passed + 1))
    say "ok: $what"
  else
    failed=$((failed + 1)) failures+=("$what")
    say "FAILED: $what"
    sed 's/^/    /' "$work/check"
  fi
}

# skip WHAT WHY
skip() {
  skipped=$((skipped + 1))
  say "SKIPPED: $1 ($2)"
}

# Runs Playwright's tests and counts each of them.
count_playwright() {
  local status=0 counted
  export PLAYWRIGHT_JSON_OUTPUT_FILE=$work/playwright.json
  stoppable "$root/node_modules/.bin/playwright" test "$@" --reporter=list,json || status=$?
  counted=$(node -p '
    const { stats, errors } = JSON.parse(fs.readFileSync(process.argv[1], "utf8"));
    [stats.expected, stats.unexpected + stats.flaky + errors.length, stats.skipped].join(" ");
  ' "$PLAYWRIGHT_JSON_OUTPUT_FILE") || counted='0 0 0'
  local good bad left
  read -r good bad left <<<"$counted"
  # A crash beside the tests counts as well.
  [ "$status" = 0 ] && [ "$good" != 0 ] || [ "$bad" != 0 ] || bad=1
  [ "$bad" = 0 ] || failures+=("$bad of Playwright's tests: $*")
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
}

# write_report FILE
write_report() {
  node -p '
    const [passed, failed, skipped, ...failures] = process.argv.slice(1);
    JSON.stringify({ passed: Number(passed), failed: Number(failed), skipped: Number(skipped), failures });
  ' "$passed" "$failed" "$skipped" ${failures[@]+"${failures[@]}"} >"$1"
}

verdict() { echo "docker: $passed passed, $failed failed$([ "$skipped" = 0 ] || echo ", $skipped skipped")"; }
