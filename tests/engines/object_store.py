"""An object store on the loopback address that speaks as much S3 as reading Parquet takes."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Name>bucket</Name><Prefix>{prefix}</Prefix><IsTruncated>false</IsTruncated>{contents}
</ListBucketResult>"""
ENTRY = (
    "<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>"
    '<ETag>"{size}"</ETag><Size>{size}</Size><StorageClass>STANDARD</StorageClass></Contents>'
)


@contextmanager
def serving(folder: Path) -> Iterator[Mapping[str, str]]:
    """Serve a folder as the bucket ``bucket``; gives the environment that leads to it."""

    class Handler(_Handler):
        root = folder

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield {
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}",
                "AWS_ALLOW_HTTP": "true",
                "AWS_REGION": "loopback-1",
                "AWS_ACCESS_KEY_ID": "reader",
                "AWS_SECRET_ACCESS_KEY": "none",
            }
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    root: Path

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        _, _, key = unquote(split.path).lstrip("/").partition("/")
        if not key:
            self._list(parse_qs(split.query).get("prefix", [""])[0])
        else:
            self._object(key, body=True)

    def do_HEAD(self) -> None:
        _, _, key = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        self._object(key, body=False)

    def _list(self, prefix: str) -> None:
        keys = sorted(
            path.relative_to(self.root).as_posix()
            for path in self.root.rglob("*")
            if path.is_file()
        )
        contents = "".join(
            ENTRY.format(key=escape(key), size=(self.root / key).stat().st_size)
            for key in keys
            if key.startswith(prefix)
        )
        self._answer(200, LIST.format(prefix=escape(prefix), contents=contents).encode())

    def _object(self, key: str, *, body: bool) -> None:
        path = self.root / key
        if not path.is_file():
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>" if body else b"")
            return
        content = path.read_bytes()
        wanted = self.headers.get("Range")
        if wanted is None:
            self._answer(200, content, body=body)
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        begin = int(first) if first else max(0, len(content) - int(last))
        end = min(int(last) if first and last else len(content) - 1, len(content) - 1)
        self._answer(
            206,
            content[begin : end + 1],
            body=body,
            headers={"Content-Range": f"bytes {begin}-{end}/{len(content)}"},
        )

    def _answer(
        self, code: int, content: bytes, *, body: bool = True, headers: Mapping[str, str] = {}
    ) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", f'"{len(content)}"')
        self.send_header("Last-Modified", formatdate(0, usegmt=True))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Say nothing."""
