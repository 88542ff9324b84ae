#!/usr/bin/env bash
# The product where nothing is prepared: a slim Debian image without git, compiler or libatomic, a user who is not root.
#   DOCKER_HOST=... tests/acceptance/slim-container.sh [COMMAND...]     the command (npm test) runs after the platform
# Node and npm come from this machine (20 or newer), and so do npm's settings and certificates: an image for tests only.
set -euo pipefail
cd "$(dirname "$0")/../.."
image=${SLIM_IMAGE:-debian:bookworm-slim} # another one needs glibc
offset=${TRADE2026_PORT_OFFSET:-20000}
name=trade2026-slim-$$
work=$(mktemp -d)
trap 'docker rm -f "$name" >/dev/null 2>&1 || true; docker rmi -f "$name" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

mkdir -p "$work/app" "$work/npm" "$work/settings"
{ git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null || true; } | tar -c -T - | tar -x -C "$work/app"
cp -L "$(command -v node)" "$work/node"
cp -rL "$(npm root -g)/npm/." "$work/npm"
npm config ls -l --json | node -e '
  const given = JSON.parse(require("fs").readFileSync(0, "utf8"))
  for (const key of ["registry", "proxy", "https-proxy", "noproxy"]) if (given[key]) console.log(`${key}=${given[key]}`)
' >"$work/settings/npmrc"
certificates=${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}
[ -r "$certificates" ] && cp -L "$certificates" "$work/settings/ca.crt"
cat >"$work/Dockerfile" <<END
FROM $image
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/npm
COPY settings /etc/npm
COPY app /srv/trade/app
RUN ln -s ../lib/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/npm/bin/npx-cli.js /usr/local/bin/npx \
 && echo 'trader:x:1000:1000::/srv/trade:/bin/sh' >>/etc/passwd && chown -R 1000:1000 /srv/trade
ENV NPM_CONFIG_GLOBALCONFIG=/etc/npm/npmrc NODE_EXTRA_CA_CERTS=/etc/npm/ca.crt
USER trader
WORKDIR /srv/trade/app
END
DOCKER_BUILDKIT=0 docker build -q -t "$name" "$work" >/dev/null

inside() { docker exec "$name" "$@"; }
docker run -d --init --network host --name "$name" -e TRADE2026_PORT_OFFSET="$offset" "$name" sleep infinity >/dev/null
for absent in git cc make; do inside sh -c "command -v $absent" && { echo "the image has $absent" >&2; exit 1; }; done
inside id

start() { # answers within this many seconds
  local since=$SECONDS
  docker exec -d "$name" sh -c 'npm start >>/tmp/start.txt 2>&1'
  until inside node -e "fetch('http://127.0.0.1:$((8099 + offset))/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"; do
    if [ $((SECONDS - since)) -ge "$1" ]; then inside cat /tmp/start.txt >&2; echo "no answer within $1 s" >&2; exit 1; fi
    sleep 1
  done
  echo "up after $((SECONDS - since)) s"
}
order() {
  inside node -e "
    const body = { account: 'test_account', symbol: 'BTCUSDT', side: 'buy', type: 'limit', quantity: 0.1, price: 45000.0 }
    const headers = { 'content-type': 'application/json' }
    fetch('http://127.0.0.1:$((8099 + offset))/orders', { method: 'POST', headers, body: JSON.stringify(body) })
      .then(async (r) => { console.log(r.status, await r.text()); process.exit(r.status === 201 ? 0 : 1) })"
}

echo "first start, nothing installed:"; start 300; order
# the platform alone: its embedded ClickHouse ends with it, and what keeps the container up must not
inside sh -c 'for p in /proc/[0-9]*; do case $(tr "\\0" " " <"$p/cmdline") in node\ *services/platform/main.ts*) kill -9 "${p#/proc/}" ;; esac; done' 2>/dev/null || true
echo "second start, after kill -9:"; start 30; order
inside sh -c 'ls node_modules/.node-fallback >/dev/null 2>&1 && echo "on the fallback Node"; tail -n 20 /tmp/start.txt'
if [ $# -gt 0 ]; then inside "$@"; fi
echo "passed"
