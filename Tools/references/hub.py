"""What huggingface_hub makes of a small model, to compare our cache with.

Needs from PyPI: huggingface_hub (2.4.0 was used). Nothing is asked of the network: a server in this
script plays the hub.

    python hub.py layout               the cache that huggingface_hub makes, a path a line;
                                       Tests/HubTests/PullTests.swift expects the same of ours
    python hub.py serve PORT           the server alone; give its address to ours as HF_ENDPOINT
    python hub.py read CACHE PORT      huggingface_hub finds all files in a cache that ours made
                                       (offline), and downloads nothing anew (online)
"""

import hashlib
import http.server
import json
import os
import sys
import tempfile
import threading
from urllib.parse import quote, unquote

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REPOSITORY = "tiny/model"
WEIGHTS = bytes((i * i >> 3) & 0xFF for i in range(300_000))
FILES = {
    "README.md": b"---\nlicense: cc-by-nc-4.0\n---\n# A model\n",
    "config.json": b'{"width": 8}',
    "tokenizer/vocab \u00e9.txt": b"hund\nkatze\n",
    "model.safetensors": WEIGHTS,
}
LARGE = {"model.safetensors"}


def git(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def etag(path):
    data = FILES[path]
    return hashlib.sha256(data).hexdigest() if path in LARGE else git(data)


def tree():
    for path, data in FILES.items():
        entry = {"type": "file", "path": path, "size": len(data), "oid": git(data)}
        if path in LARGE:
            entry["lfs"] = {"oid": etag(path), "size": len(data), "pointerSize": 134}
        yield entry


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gets = []

    def log_message(self, *_):
        pass

    def answer(self, status, headers=None, body=b""):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        path = unquote(self.path.split("?")[0])
        api = f"/api/models/{REPOSITORY}"
        if path in (f"{api}/revision/main", f"{api}/revision/{COMMIT}", api):
            siblings = [{"rfilename": name} for name in FILES]
            info = {"id": REPOSITORY, "sha": COMMIT, "siblings": siblings, "tags": [],
                    "cardData": {"license": "cc-by-nc-4.0"}}
            return self.answer(200, body=json.dumps(info).encode())
        if path.startswith(f"{api}/tree/"):
            return self.answer(200, body=json.dumps(list(tree())).encode())
        for name, data in FILES.items():
            if path in (f"/{REPOSITORY}/resolve/{r}/{name}" for r in ("main", COMMIT)):
                headers = {"X-Repo-Commit": COMMIT}
                if name in LARGE:
                    host = self.headers["Host"].replace("127.0.0.1", "localhost")
                    headers |= {"X-Linked-Etag": f'"{etag(name)}"',
                                "X-Linked-Size": str(len(data)),
                                "Location": f"http://{host}/blob/{quote(name)}"}
                    return self.answer(302, headers)
                headers["Location"] = f"/api/resolve-cache/{quote(name)}"
                return self.answer(307, headers)
            if path in (f"/api/resolve-cache/{name}", f"/blob/{name}"):
                if self.command == "GET":
                    self.gets.append(name)
                headers = {"ETag": f'"{etag(name)}"', "X-Repo-Commit": COMMIT}
                asked = self.headers.get("Range")
                if asked:
                    start = int(asked.removeprefix("bytes=").split("-")[0])
                    headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
                    return self.answer(206, headers, data[start:])
                return self.answer(200, headers, data)
        self.answer(404, {"X-Error-Code": "EntryNotFound"})


def serve(port):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def listing(folder):
    lines = []
    for root, _, names in os.walk(folder):
        for name in names:
            full = os.path.join(root, name)
            line = os.path.relpath(full, folder)
            lines.append(line + (" -> " + os.readlink(full) if os.path.islink(full) else ""))
    return sorted(lines)


def main():
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "serve":
        print(serve(int(arguments[0])), flush=True)
        threading.Event().wait()
    port = int(arguments[1]) if command == "read" else 0
    endpoint = serve(port)
    import huggingface_hub as hub

    if command == "layout":
        with tempfile.TemporaryDirectory() as folder:
            hub.snapshot_download(
                REPOSITORY, cache_dir=folder, endpoint=endpoint, token=False)
            print("\n".join(listing(folder)))
            return
    cache = arguments[0]
    before = listing(cache)
    found = hub.snapshot_download(REPOSITORY, cache_dir=cache, local_files_only=True)
    for name, data in FILES.items():
        with open(os.path.join(found, name), "rb") as file:
            assert file.read() == data, name
    again = hub.snapshot_download(REPOSITORY, cache_dir=cache, endpoint=endpoint, token=False)
    assert again == found and not Handler.gets, Handler.gets
    scanned = hub.scan_cache_dir(cache)
    assert not scanned.warnings, scanned.warnings
    assert [repo.repo_id for repo in scanned.repos] == [REPOSITORY]
    assert listing(cache) == before, set(listing(cache)) ^ set(before)
    print("huggingface_hub reads it, downloads nothing, and changes nothing")


if __name__ == "__main__":
    main()
