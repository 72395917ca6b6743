#!/usr/bin/env python3
"""Writes Sources/Tokens/Text/HTMLEntityData.swift: HTML 5's named characters, from Python's `html`."""
import base64, html, html.entities, zlib

raw = "\n".join(f"{name} {value}" for name, value in sorted(html.entities.html5.items())).encode()
packer = zlib.compressobj(9, zlib.DEFLATED, -15)
text = base64.b64encode(packer.compress(raw) + packer.flush()).decode()
chunks = ["    " + text[i:i + 92] for i in range(0, len(text), 92)]
with open("Sources/Tokens/Text/HTMLEntityData.swift", "w") as out:
    out.write("// Written by Tools/references/tokens_html.py; not to be edited by hand.\n\nextension HTMLEntities {\n")
    out.write(f"  /// Bytes of the data once inflated.\n  static let packedSize = {len(raw)}\n\n")
    out.write('  /// Lines of name and text, deflated, in base 64.\n  static let packed = """\n')
    out.write("\\\n".join(chunks) + '\n    """\n}\n')
