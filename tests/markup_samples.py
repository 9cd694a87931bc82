"""Marked-up texts, good and bad: picked by hand, and put together at random from their parts."""

import random
from collections.abc import Iterator

HTML = (
    *(
        "",
        "plain",
        "<b>bold</b>",
        "<B>bold</b>",
        "<strong>x</strong><em>y</em>",
        "<i>a<b>b</b></i>",
    ),
    *("<u>a</u><ins>b</ins>", "<s>a</s><strike>b</strike><del>c</del>", "<b></b>", "<b> </b>"),
    *("<tg-spoiler>a</tg-spoiler>", '<span class="tg-spoiler">a</span>', "<span>a</span>"),
    *("<code>a</code>", "<pre>a</pre>", '<pre><code class="language-py">a</code></pre>'),
    *('<code class="language-py"><pre>a</pre></code>', '<code class="language-py">a</code>'),
    *("<blockquote>a</blockquote>", "<blockquote expandable>a</blockquote>"),
    "<blockquote>a<blockquote>b</blockquote></blockquote>",
    *(
        '<a href="http://a.org/x y">a</a>',
        "<a href=a.org>a</a>",
        "<a href=''>a</a>",
        "<a>b.org</a>",
    ),
    *('<a href="javascript:alert(1)">a</a>', '<a href="tg://user?id=7">a</a>', "<a href='x'>a</a>"),
    *('<a href="tg://resolve?domain=a">a</a>', '<a href="HTTPS://A.B:08/c#d">a</a>'),
    *(
        '<a href="http://u:p@a.b">a</a>',
        '<a href="http://[::1]/">a</a>',
        '<a href="ftp://a.b">a</a>',
    ),
    *('<tg-emoji emoji-id="53">a</tg-emoji>', '<tg-emoji emoji-id="x">a</tg-emoji>'),
    *('<tg-time unix="53" format="wDT">a</tg-time>', '<tg-time unix="5" format="x">a</tg-time>'),
    *("a<br>b", "a<br/>b", "<p>a</p>", "<h1>a</h1>", "<ul><li>a</li></ul>", "<hr/>", "<!-- a -->"),
    *("5 < 6", "5 > 6", "a & b", "&nbsp;", "&apos;", "&amp;&lt;&gt;&quot;", "&amp", "&ltx;"),
    *("&#39;", "&#x27;", "&#x1F642;a<b>b</b>", "&#0;", "&#xd83d;", "&#1234567890;", "&#X41;", "&;"),
    *(
        "<b>a",
        "</b>",
        "<b>a</i>",
        "<b><i>a</b></i>",
        "<b>a</>",
        "<b>a</b >",
        "<b",
        "</b",
        "<",
        "<>",
    ),
    *("<b a", "<b a=", "<b a='", "<b a=b'>c</b>", "<b ='a'>", "<b a='1' c>d</b>", "<a href='a"),
    *("🙂<b>🙂</b>", "é<br>", "<b>🙂<i>a</i></b>é", "<b>a</b>\n\n<i>b</i>", "<b\n>a</b>", "🙂</i>"),
)
MARKDOWN = (
    *("", "plain", "*a*", "_a_", "__a__", "~a~", "||a||", "`a`", "```\na```", "```py\na\n```"),
    *("```py a```", "```py```", "*_a_*", "_*a*_", "__*a*__", "***a*", "_a__", "___a___", "__a_"),
    *("[a](http://b.org)", "[a](b)", "[b.org]", "[a](javascript:b)", "[a](tg://user?id=7)"),
    *("[a](http://b.org/\\))", "[a](http://b.org", "[a", "[a](", "![a](tg://emoji?id=53)"),
    *("![a](tg://time?unix=53&format=r)", "![a](tg://emoji?id=x)", "![a]", "!a", "![a](b)"),
    *(">a", ">a\nb", ">a\n>b\nc", "a\n>b||", ">a||", ">*a\nb*", "a>b", "**>a\n>b||", ">a\n\n>b"),
    *("a.b", "a-b", "a|b", "a!b", "a(b)", "a#b", "a+b", "a=b", "a{b}", "\\*a\\*", "\\", "a\\"),
    *(
        "*a",
        "`a",
        "```a",
        "||a",
        "*a\n*",
        "🙂*🙂*",
        "é_é_é",
        "`*a*`",
        "`a\\`b`",
        "**",
        "____",
        "\\\\",
    ),
)
_TAGS = ("b", "i", "u", "s", "code", "pre", "blockquote", "a href='http://x.org'", "tg-spoiler")
_ODD = (
    "<br>",
    "</b>",
    "<b>",
    "<",
    "&",
    "&nbsp;",
    "5 < 6",
    "</>",
    "<span>",
    "<a href='javascript:x'>",
)
_PLAIN = ("a", "b c", " ", "\n", "🙂", "é", "&amp;", "&#39;", "x.org")
_MARKS = (*"*_~`[]()>.!-|\n\\", "__", "||", "```", "(http://x.org)", "\\*", "||\n", "![", "\r")
_PAIRS = (
    ("*", "*"),
    ("_", "_"),
    ("__", "__"),
    ("~", "~"),
    ("||", "||"),
    ("`", "`"),
    ("```", "```"),
)


def generated(mode: str, count: int, seed: int) -> Iterator[str]:
    """Texts of which about half are right; the same for the same seed."""
    chance = random.Random(seed)
    for _ in range(count):
        depth = chance.randint(1, 3)
        yield _html(chance, depth) if mode == "html" else _markdown(chance, depth)


def _html(chance: random.Random, depth: int) -> str:
    text = ""
    for _ in range(chance.randint(1, 3)):
        if depth and chance.random() < 0.6:
            tag = chance.choice(_TAGS)
            text += f"<{tag}>{_html(chance, depth - 1)}</{tag.split()[0]}>"
        else:
            text += chance.choice(_ODD if chance.random() < 0.1 else _PLAIN)
    return text


def _markdown(chance: random.Random, depth: int) -> str:
    text = ""
    for _ in range(chance.randint(1, 3)):
        if depth and chance.random() < 0.5:
            before, after = chance.choice(_PAIRS)
            text += before + _markdown(chance, depth - 1) + after
        else:
            odd = chance.random() < 0.2
            text += chance.choice(_MARKS if odd else ("a", "b c", "🙂", "\n>", "é", "\\."))
    return text
