"""Makes src/test/resources/jinja/snippets.json: pieces of templates and what Jinja2 renders from them, set up by transformers.

usage: make_snippets.py      (transformers 5.x, jinja2 3.1.6)
"""
import datetime, json, pathlib
import transformers.utils.chat_template_utils as utils

OUT = pathlib.Path(__file__).parent.parent / "resources" / "jinja" / "snippets.json"
NOW = datetime.datetime(2026, 3, 5, 7, 8, 9)


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def render(source, **names):
    try:
        return {"expected": utils._compile_jinja_template(source).render(**names)}
    except Exception as e:  # the interpreter must refuse too; its sentence is its own
        return {"refused": type(e).__name__}


SNIPPETS = [
    # blanks
    "a\n  {% if true %}\n  b\n  {% endif %}\nc\n", "a {%- if true %} b {% endif -%} c", "  {{ 1 }}  \n", "{{ 1 -}}  \n x",
    "x  {{- 1 }}", "{# c #}\nx", "a\n  {# c #}\nb", "a  {#- c -#}  b", "{% if true -%}\n\n  x\n{%- endif %}", "\n\n", "a\n\n",
    "  {%+ if true %}x{% endif %}", "{% if true +%}\nx{% endif %}", "{% for i in [1,2] %}\n{{ i }}\n{% endfor %}\nend",
    "{{ '\\n\\t\\\\ \\' \\u00e9 \\d' }}", "\t {% set a = 1 %}\n\t{{ a }}", "a\r\nb\r\n{% if 1 %}\r\nc{% endif %}",
    # values
    "{{ none }} {{ true }} {{ false }} {{ 1.0 }} {{ 1e3 if false else 2 }} {{ 0.1 + 0.2 }} {{ 10 ** 3 }}", "{{ [1, 'a', none, true, 2.5] }}",
    "{{ {'a': 1, 'b': [\"it's\"]} }}", "{{ 'a' 'b' }}", "{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 4 / 2 }}", "{{ 2 ** 3 ** 2 }}",
    "{{ 1 ~ 'a' ~ none ~ 2.0 }}", "{{ 'ab' * 3 }}", "{{ [1] + [2] }}", "{{ 1 < 2 < 3 }} {{ 1 < 2 > 3 }} {{ 1 == 1.0 }} {{ 'a' < 'b' }}",
    "{{ not true or true and false }}", "{{ 0 or 'x' }} {{ 1 and '' }}", "{{ 'a' in 'cat' }} {{ 3 not in [1, 2] }} {{ 'k' in {'k': 1} }}",
    "{{ -1 + 2 }} {{ - 2 | abs }} {{ (1, 2) | length }}", "{{ 'x' if false }}|", "{{ missing }}|{{ m.zz }}|{{ m.a.b is defined }}", "{{ missing.a }}",
    "{{ missing + 'a' }}", "{{ 'a' + none }}", "{{ 1 / 0 }}", "{{ {'a': {'b': 1}}.a.b }} {{ {'a': {'b': 1}}['a']['b'] }}", "{{ m.items() | list | length }}",
    "{{ m.a }} {{ m['b'] }} {{ m.zz is defined }} {{ m.get('zz', 5) }} {{ m.get('a') }} {{ m.get('zz') }}", "{{ m.keys() | join(',') }} {{ m.values() | join(',') }}",
    "{{ l[0] }} {{ l[-1] }} {{ l[9] is defined }} {{ l[1:] | join }} {{ l[::-1] | join }} {{ l[:-1] | join }} {{ l[::2] | join }} {{ l[5:1:-2] | join }} {{ l[-2:] | join }}",
    "{{ s[0] }} {{ s[-1] }} {{ s[1:3] }} {{ s[::-1] }} {{ s | length }}",
    # methods
    "[{{ '  a b '.strip() }}] [{{ 'xxaxx'.strip('x') }}] [{{ '\\n a\\n'.lstrip('\\n') }}] [{{ 'a \\n'.rstrip() }}]",
    "{{ 'a,b,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ 'a</think>b'.split('</think>')[-1] }}",
    "{{ ' a b  c d'.split(none, 2) }} {{ ' a b  c d '.rsplit(none, 2) }} {{ 'abc'.split('x') }} {{ ''.split() }} {{ ''.split(',') }}",
    "{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'abc'.replace('b', 'xx') }} {{ 'aaa'.replace('a', 'b', 2) }}",
    "{{ 'aB c'.upper() }} {{ 'aB'.lower() }} {{ \"they're BILL's\".title() }} {{ 'hELLO wORLD'.capitalize() }} {{ 'a😀b'.find('b') }} {{ 'abab'.count('ab') }}",
    "{{ ', '.join(['a', 'b']) }} {{ '12'.isdigit() }} {{ 'prefix-x'.removeprefix('prefix-') }} {{ 'a\\nb'.splitlines() }}",
    # filters
    "{{ '  x ' | trim }}| {{ 'aXb' | upper }} {{ 'aXb' | lower }} {{ 'hello world' | title }} {{ 'hello' | capitalize }}", "{{ l | join(', ') }} {{ l | first }} {{ l | last }} {{ l | length }} {{ l | count }}",
    "{{ missing | default('d') }} {{ '' | default('d') }} {{ '' | default('d', true) }} {{ none | default('d') }} {{ missing | d }}", "{{ m | tojson }} {{ 'é\"\\n<' | tojson }} {{ [1.0, 1e20, none, true] | tojson }}",
    "{{ m | tojson(indent=2) }}", "{{ {'b': 1, 'a': []} | tojson(sort_keys=true, indent=1) }}", "{{ (m | items | list)[0] | join }} {{ (m | dictsort)[1] | last }} {{ people | selectattr('name', '==', 'Bo') | list }}", "{{ 'abc' | list }} {{ 'abc' | reverse }} {{ [3,1,2] | sort }} {{ ['b','A','c'] | sort(reverse=true) }}",
    "{{ people | map(attribute='name') | join(' ') }} {{ l | map('string') | map('upper') | list }}", "{{ people[:2] | selectattr('age', 'gt', 30) | map(attribute='name') | list }} {{ people | rejectattr('age', 'defined') | list | length }}",
    "{{ people | selectattr('age') | list | length }} {{ l | select('odd') | list }} {{ l | reject('in', [1, 2]) | list }}", "{{ [1, 1, 2] | unique | list }} {{ l | sum }} {{ l | max }} {{ l | min }}",
    "{{ '42' | int + 1 }} {{ 'x' | int(7) }} {{ '2.5' | float }} {{ -3 | abs }} {{ 2.567 | round(2) }} {{ 2.5 | round }}", "{{ 'a\\nb\\n\\nc' | indent }}|{{ 'a\\nb' | indent(2, true) }}", "{{ 'abc' | replace('b', '') }} {{ 5 | string + 'x' }} {{ 'a' | safe }}",
    "{{ [] | first is defined }} {{ people[:2] | sort(attribute='age') | map(attribute='name') | list }}", "{{ people | map(attribute='zz', default='?') | list }}", "{{ 'a' | nosuch }}",
    # tests
    "{{ missing is defined }} {{ missing is not defined }} {{ m is defined and m is mapping }} {{ none is none }} {{ s is string }} {{ l is iterable }} {{ l is sequence }} {{ m is sequence }} {{ 1 is iterable }}",
    "{{ 1 is number }} {{ true is number }} {{ true is integer }} {{ 1.0 is float }} {{ true is boolean }} {{ 3 is odd }} {{ 4 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(4) }}",
    "{{ 1 is eq 1 }} {{ 2 is gt(1) }} {{ 'a' is in ['a'] }} {{ not m is none }} {{ true is true }} {{ 1 is true }} {{ raise_exception is callable }} {{ 'a' is lower }}", "{{ 1 is nosuch }}",
    # tags
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set x %}a{{ 1 }}b{% endset %}{{ x | upper }}", "{% if 0 %}a{% elif none %}b{% elif 'x' %}c{% else %}d{% endif %}", "{% for i in [] %}x{% else %}none{% endfor %}",
    "{% for k, v in m.items() %}{{ loop.index }}/{{ loop.length }}:{{ k }}={{ v }}{% if not loop.last %}, {% endif %}{% endfor %}", "{% for i in l %}{{ loop.first }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.index0 }}{{ loop.cycle('a', 'b') }} {% endfor %}",
    "{% for i in l %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }} {% endfor %}", "{% set x = 1 %}{% for i in l %}{% set x = x + i %}{{ x }} {% endfor %}{{ x }}", "{% set ns = namespace(x=0) %}{% for i in l %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}",
    "{% set ns = namespace() %}{{ ns.q is defined }}{% set ns.q = 1 %}{{ ns.q }}", "{% set m.a = 3 %}", "{% for i in l if i > 1 %}{{ loop.index }}{{ i }} {% endfor %}", "{% for i in l %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in range(3) %}{% for j in range(i, 4, 2) %}{{ i }}{{ j }}{{ loop.index }} {% endfor %}{{ loop.index }}{% endfor %}", "{% macro f(a, b='B', c=none) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1) }} {{ f(1, c=2) }} {{ f('x', 'y', 'z') }}",
    "{% macro f(n) %}{% if n > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(4) }}", "{% set y = 5 %}{% macro g() %}{{ y }}{{ s }}{% endmacro %}{% set y = 6 %}{{ g() }}", "{% if true %}{% set z = 3 %}{% endif %}{{ z }}", "{% generation %}a{{ 1 }}{% endgeneration %}",
    "{{ raise_exception('no') }}", "{% for i in 5 %}{% endfor %}", "{% for (a, b) in [[1, 2], [3, 4]] %}{{ a }}{{ b }}{% endfor %}", "{{ dict(a=1).a }} {{ range(5) | list }} {{ range(5, 0, -2) | list }}", "{{ 'a' if l is string else 'b' if m is mapping else 'c' }}",
    "{% for c in 'a😀' %}<{{ c }}>{% endfor %}", "{% set l2 = l + [9] %}{{ l2 }}{{ l }}", "{{ (l | length - 1) }} {{ l | length - 1 }}", "{{ m.b.c[1].d }}", "{{ people[0]['name'][0] | upper ~ '!' }}", "{{ '%s' }} {{ '{' }} {{ \"}}\" }}",
    "{% set a = {'k': '}}'} %}{{ a['k'] }}", "{% for k in m %}{{ k }}{% endfor %}", "{{ [1, 2,] }} {{ (1,) | length }} {{ {'a': 1,}.a }}", "{{ l.0 }}", "{% if l %}y{% endif %}{% if not [] %}n{% endif %}{% if {} %}{% else %}e{% endif %}",
]

MORE = [
    # title, capitalize, upper: Jinja's words begin after blanks, - and opening brackets
    "{{ \"they're x.y (two-part) tool_use\" | title }}", "{{ 'tool_call' | title }} {{ 'tool_call'.title() }}", "{{ \"they're\" | title }} {{ \"they're\".title() }}",
    "{{ 'a-b [c] {d} <e> (f)g' | title }}", "{{ 'ß ŉ ﬁne ǆ' | title }} {{ 'ßa ﬁne'.title() }} {{ 'ßA' | capitalize }} {{ 'ǆA'.capitalize() }}", "{{ '数a ΣΑΣ' | title }} {{ '数a ΑΣ b'.title() }} {{ 'ΑΣ' | lower }} {{ 'İ' | lower | length }}",
    "{{ 1.5 | title }} {{ none | upper }} {{ true | lower }} {{ missing | title }}|", "{{ 'a\u00a0b\u2003c\x1fd' | title }}", "{{ '-(-a' | title }} {{ '' | title }}|",
    # unique, sort, min, max
    "{{ ['b', 'B', 'a'] | unique | join(',') }};{{ ['b', 'C', 'a'] | sort | join(',') }};{{ ['b', 'C', 'a'] | max }}", "{{ ['b', 'B', 'a'] | unique(true) | list }} {{ ['b', 'B', 'a'] | unique(case_sensitive=true) | list }}",
    "{{ ['b', 'C', 'a', 'B'] | sort(case_sensitive=true) }} {{ ['b', 'C', 'a', 'B'] | sort(true) }} {{ ['b', 'B', 'a', 'A'] | sort }} {{ ['b', 'B', 'a', 'A'] | sort(reverse=true) }}",
    "{{ ['b', 'C', 'a'] | max(true) }} {{ ['b', 'C', 'a'] | min(case_sensitive=true) }} {{ ['b', 'B'] | max }} {{ ['B', 'b'] | max }} {{ ['b', 'B'] | min }}", "{{ people[:2] | max(attribute='age') }} {{ people[:2] | min(attribute='name') }}",
    "{{ [] | max }}|{{ [] | min is defined }}", "{{ [3, 1, 2] | sort(attribute=none) }}", "{{ [1, 'a'] | sort }}", "{{ [none, 1] | max }}", "{{ [1, 1.0, true, 2] | unique | list }}", "{{ [[1], [1]] | unique | list }}", "{{ [(1, 2), (1, 2)] | unique | list }}",
    "{{ [{'a': 'x'}, {'a': 'X'}, {'a': 'y'}] | unique(attribute='a') | list }}", "{{ [{'a': 2, 'b': 'x'}, {'a': 1, 'b': 'Y'}, {'a': 1, 'b': 'x'}] | sort(attribute='a,b') }}", "{{ [[2, 'b'], [1, 'c']] | sort(attribute=1) }} {{ [[2, 'b'], [1, 'c']] | sort(attribute='0') }}",
    "{{ [['b'], ['C']] | sort }} {{ [[1, 2], [1]] | max }}", "{{ [{'a': {'b': 2}}, {'a': {'b': 1}}] | sort(attribute='a.b') | map(attribute='a.b') | list }}", "{{ [1, 2] | sort(nosuch=1) }}", "{{ [1, 2] | max(nosuch=1) }}", "{{ [1, 2] | unique(nosuch=1) | list }}", "{{ 'bCa' | sort }} {{ 'bCa' | max }} {{ m | sort }} {{ {'b': 1, 'a': 2} | max }}",
    "{{ [2, 1] | sort(1) }}", "{{ [2, 1] | sort('x') }}", "{{ [0.1, -0.0, 0.0] | min }} {{ [1, 1.0] | max }}", "{{ people[:2] | sort(attribute='age') | length }}", "{{ people | sort(attribute='age') }}",
    # sum, round, abs, int, float
    "{{ [1, 2] | sum(start=5) }} {{ [1, 2] | sum }} {{ [] | sum }} {{ [0.1, 0.2] | sum }} {{ [true, 2] | sum }}", "{{ people[:2] | sum(attribute='age') }} {{ people[:2] | sum('age', 1) }} {{ [[1], [2]] | sum(start=[]) }}", "{{ ['a', 'b'] | sum(start='') }}", "{{ ['a'] | sum }}", "{{ [1] | sum(begin=2) }}",
    "{{ 0 | round(0, 'ceil') }} {{ 2.1 | round(0, 'ceil') }} {{ 2.9 | round(method='floor') }} {{ 2.567 | round(2, 'floor') }} {{ 2.567 | round(2, 'ceil') }}", "{{ 5 | round }} {{ 5 | round(2) }} {{ 1234 | round(-2) }} {{ 1250 | round(-2) }} {{ 1350 | round(-2) }} {{ 1234.5 | round(-2) }} {{ true | round }}",
    "{{ 2.675 | round(2) }} {{ 0.5 | round }} {{ 1.5 | round }} {{ -0.5 | round }} {{ 2.5 | round(0, 'common') }}", "{{ 2.5 | round(method='up') }}", "{{ 'x' | round }}", "{{ 2.5 | round(digits=1) }}", "{{ 12345.678 | round(-1, 'floor') }} {{ 12345.678 | round(-1, 'ceil') }}",
    "{{ -3 | abs }} {{ -2.5 | abs }} {{ true | abs }}", "{{ 'x' | abs }}", "{{ ' 42 ' | int }} {{ '1_000' | int }} {{ '0x1A' | int }} {{ '0x1A' | int(0, 16) }} {{ '1A' | int(base=16) }} {{ '0b11' | int(0, 0) }} {{ '010' | int(0, 0) }} {{ '-7' | int }}",
    "{{ 2.9 | int }} {{ -2.9 | int }} {{ '2.9' | int }} {{ true | int }} {{ none | int }} {{ none | int(3) }} {{ 'inf' | int(4) }} {{ '1e3' | int }} {{ [] | int(9) }} {{ '' | int }} {{ '٣' | int }}", "{{ 1e400 | int }}", "{{ 12 | int(radix=3) }}",
    "{{ '2.5f' | float }} {{ '2.5d' | float(1) }} {{ '0x1p3' | float }} {{ 'inf' | float }} {{ '-Infinity' | float }} {{ 'nan' | float }} {{ '1_0.5' | float }} {{ ' 1e-3 ' | float }} {{ '.5' | float }} {{ '5.' | float }} {{ '.' | float(2) }} {{ none | float }} {{ true | float }} {{ 3 | float }}",
    # numbers as text
    "{{ 1e16 }} {{ 1e15 }} {{ 123456789012345678.0 }} {{ 1e-4 }} {{ 1e-5 }} {{ 1.5e-7 }} {{ 2e-323 }} {{ 1.7976931348623157e308 }} {{ 2.2250738585072014e-308 }} {{ 1e23 }} {{ 9007199254740993.0 }} {{ 0.1 + 0.7 }} {{ -0.0 }} {{ 100.0 }}", "{{ 5e-324 }} {{ 4.35 }} {{ 2.0 ** 0.5 }} {{ 1 / 3 }} {{ 1e22 }} {{ 1.0e21 * 10 }}", "{{ 7 // 0 }}", "{{ 7.0 % 0 }}", "{{ 7 % -3 }} {{ -7.5 % 2 }} {{ 7.5 // -2 }} {{ 2 ** -1 }} {{ 0 ** 0 }}", "{{ 1_000 + 1 }} {{ 1.5e3 }}",
    # tojson
    "{{ m | tojson(indent=0) }}", "{{ m | tojson(indent='--') }}", "{{ m | tojson(separators=(',', ':')) }}", "{{ m | tojson(indent=2, separators=(' ,', '=')) }}", "{{ {'é': 'ü\u2028😀', 'k': '\x7f\x01/</script>'} | tojson }} {{ {'é': 'ü😀\x7f'} | tojson(ensure_ascii=true) }}", "{{ {'b': 1, 'a': {'d': [], 'c': {}}} | tojson(indent=4, sort_keys=true) }}",
    "{{ {1: 'a', none: 'b', true: 'c', 2.5: 'd'} | tojson }}", "{{ (1, 'a', none) | tojson }} {{ [1.0, 1e16, 1e-7, -0.0, 0.1] | tojson }} {{ 'inf' | float | tojson }} {{ 'nan' | float | tojson }}", "{{ missing | tojson }}", "{{ [missing] | tojson }}", "{{ l | tojson(true) }} {{ 'é' | tojson(true) }} {{ l | tojson(false, 1) }}", "{{ l | tojson(width=2) }}", "{{ {(1, 2): 3} | tojson }}", "{{ m | tojson | length }} {{ 5 | tojson }} {{ none | tojson }} {{ true | tojson }} {{ '' | tojson }}", "{{ l | map('string') | tojson }}", "{{ {'a': 1}.items() | tojson }}", "{{ {2: 1, 1: 2} | tojson(sort_keys=true) }}", "{{ {2: 1, 'a': 2} | tojson(sort_keys=true) }}", "{{ m | tojson(indent=-1) }}", "{{ [[], {}] | tojson(indent=1) }}",
    # indent, trim, replace, join, default, center, truncate, wordcount, format
    "{{ 'a\\nb' | indent(2, first=true) }}|{{ 'a\\n\\nb' | indent(2, blank=true) }}|{{ 'a\\n\\nb' | indent('> ', true, true) }}|{{ '\\na' | indent(1, true) }}|{{ 'a\\n' | indent }}|", "{{ 'a\\r\\nb\\x0bc' | indent(1) }}|{{ '' | indent(2, true) }}|{{ 'a\\n' | indent(1, blank=true) }}|", "{{ 5 | indent }}", "{{ 'a' | indent(depth=2) }}", "{{ 'a\\nb' | indent(0) }} {{ 'a\\nb' | indent(-3) }} {{ 'a\\nb' | indent(width='\\t') }}",
    "[{{ '  x ' | trim }}] [{{ 'xxaxx' | trim('x') }}] [{{ '\\x1f\\u00a0a\\u2003' | trim }}] [{{ 5 | trim }}] [{{ 'abcba' | trim(chars='ab') }}]", "{{ 'x' | trim(blanks=1) }}", "{{ 'aaa' | replace('a', 'b', 2) }} {{ 'aaa' | replace('a', 'b', count=1) }} {{ 'abc' | replace('', '-') }} {{ 'abc' | replace('', '-', 2) }} {{ 121 | replace(1, 3) }} {{ '' | replace('', 'x') }} {{ 'aaa' | replace('a', 'b', 0) }}", "{{ 'a' | replace('a') }}", "{{ 'a' | replace(old='a', new='b') }}",
    "{{ [1, none, true, 'a'] | join }} {{ l | join(d='-') }} {{ people[:2] | join(', ', attribute='name') }} {{ l | join(5) }} {{ m | join(',') }} {{ 'abc' | join('.') }}", "{{ l | join(sep='-') }}", "{{ missing | default(default_value='d') }} {{ '' | default('d', boolean=true) }} {{ 0 | d(1, true) }} {{ (missing.x if missing is defined) is defined }}|{{ missing | default }}|", "{{ none | default('d', bool=true) }}",
    "[{{ 'ab' | center(7) }}] [{{ 'abc' | center(6) }}] [{{ 'ab' | center(5) }}] [{{ 'abc' | center(2) }}] [{{ 'a'.center(4, '*') }}] [{{ 'ab'.ljust(4) }}] [{{ 'ab'.rjust(4, '.') }}] [{{ '-7'.zfill(4) }}]", "{{ 'foo bar baz qux' | truncate(9) }} {{ 'foo bar baz qux' | truncate(9, true) }} {{ 'foo bar baz qux' | truncate(11) }} {{ 'foo bar baz qux' | truncate(11, false, '...', 0) }} {{ 'foo bar baz qux' | truncate(length=5, end='', leeway=0) }}", "{{ 'abc' | truncate(2) }}", "{{ 'a b_c d-e 数学' | wordcount }} {{ '' | wordcount }}",
    "{{ '%s is %d and %.2f' | format('x', 3.7, 2.345) }} {{ '%5s|%-5s|%05d|%x|%%' | format('a', 'b', 42, 255) }} {{ '%(k)s' | format(k='v') }}", "{{ '%s' % 'a' }} {{ '%s %s' % ('a', 1) }} {{ '%r' % 'a' }} {{ '%+d % d' % (3, 4) }} {{ '%.3s' % 'abcdef' }} {{ '%s' % none }}", "{{ '%s %s' % 'a' }}", "{{ '%s' % ('a', 'b') }}", "{{ '%d' % 'a' }}", "{{ '{} {}'.format('a', 1) }} {{ '{1}{0}'.format('a', 'b') }} {{ '{k}{{}}'.format(k='v') }}",
    # list, items, dictsort, groupby, batch, slice, reverse, first, last, length, map, select
    "{{ {'b': 1, 'A': 2, 'c': 0} | dictsort }} {{ {'b': 1, 'A': 2} | dictsort(true) }} {{ {'b': 1, 'A': 2} | dictsort(by='value') }} {{ {'b': 1, 'A': 2} | dictsort(reverse=true) }} {{ {'b': 'x', 'A': 'Y'} | dictsort(false, 'value', true) }}", "{{ {'b': 1} | dictsort(by='size') }}", "{{ [1] | dictsort }}", "{{ m | dictsort(order='x') }}",
    "{% for k, v in people | groupby('age', default=0) %}{{ k }}:{{ v | map(attribute='name') | list }} {% endfor %}", "{{ [{'a': 'x', 'n': 1}, {'a': 'X', 'n': 2}] | groupby('a') }} {{ [{'a': 'x'}, {'a': 'X'}] | groupby('a', case_sensitive=true) }}", "{{ l | batch(2) | list }} {{ l | batch(2, 'z') | list }} {{ l | slice(2) | list }} {{ [1, 2, 3, 4, 5] | slice(3, 'z') | list }} {{ [1, 2] | slice(3) | list }}",
    "{{ l | reverse | list }} {{ 'ab😀' | reverse }} {{ l | reverse | first }} {{ m | reverse | list }} {{ (1, 2) | reverse | list }}", "{{ l | map('string') | first }} {{ l | select | list }}", "{{ l | map('string') | last }}", "{{ l | select('odd') | length }}", "{{ (l | map('string'))[0] is defined }}", "{% if l | select('equalto', 9) %}true{% endif %}", "{% set g = l | map('string') %}{{ g | list }}{{ g | list }}", "{% set g = l | select %}{{ g | first }}{{ g | list }}{% if g %}y{% endif %}", "{{ 2 in (l | map('abs')) }}",
    "{{ l | map('nosuch') | list }}", "{{ l | map(attribute='x', nosuch=1) | list }}", "{{ l | select('divisibleby', 2) | list }} {{ l | reject('gt', 2) | list }} {{ ['a', 'b'] | map('replace', 'a', 'c') | list }} {{ l | map('default', 1) | list }} {{ [' a '] | map('trim') | join }}", "{{ people | selectattr('age', 'defined') | map(attribute='age') | sum }} {{ people | rejectattr('age') | map(attribute='name') | first }} {{ [{'a': {'b': 1}}] | selectattr('a.b', 'eq', 1) | list }}", "{{ people | map(attribute='age', default=0) | list }}", "{{ people | map(attribute='zz.y') | list }}", "{{ [[1, 2], [3, 4]] | map('first') | list }} {{ [[1, 2], [3, 4]] | map(attribute=1) | list }} {{ [[1, 2]] | map(attribute='1') | list }}",
    "{{ m | length }} {{ missing | length }} {{ 'a😀' | count }} {{ (1, 2) | length }}", "{{ 5 | length }}", "{{ none | list }}", "{{ missing | list }} {{ m | list }} {{ 'ab' | list }} {{ range(3) | list }}", "{{ m.items() }} {{ m.keys() }} {{ {'a': 1}.values() }} {{ m | items | list }}", "{{ m.keys()[0] is defined }} {{ m.items() | first }} {{ m.items() | last | first }} {{ m.keys() | length }}", "{{ [1] | items | list }}", "{{ missing | items | list }}",
    # safe, escape
    "{{ '<a>' | safe }} {{ '<a>' | e }} {{ '<a>&\"\\'' | escape }} {{ ('<a>' | safe) ~ '<b>' }} {{ ('<a>' | safe) + '<b>' }} {{ '<b>' + ('<a>' | safe) }} {{ '<a>' | e | e }} {{ '<a>' | e is escaped }}", "{{ '<a>' | safe | length }} {{ ('<a>' | safe) == '<a>' }} {{ {'a': '<x>' | safe} | tojson }} {{ ['<' | e, '>'] | join }}",
    # tuples, lists, repr
    "{{ (1, 'a') }} {{ (1,) }} {{ () }} {{ [(1, 2)] }} {{ (1, 2) == [1, 2] }} {{ (1, 2) == (1, 2) }} {{ (1, 2) + (3,) }} {{ (1, 2) * 2 }} {{ [0] * 3 }} {{ 2 * 'ab' }} {{ (1, 2, 3)[1:] }} {{ (1, 2)[0] }}", "{{ [1] + (2,) }}", "{{ {(1, 2): 'x'}[(1, 2)] }} {{ {1: 'x'}[1.0] }} {{ {1: 'x'}[true] }} {{ 1.0 in {1: 'x'} }}", "{{ {[1]: 2} }}", "{{ {'a': [1]}[[1]] is defined }}", "{{ ['it\\'s', '\"', 'a\\'\"b', '\\x00\\x7f\\u00a0\\u200b\\u2028é😀\\n\\t\\r\\\\'] }}", "{{ [missing] }} {{ [1.0, none, true] }} {{ {'a': (1, [2])} }}", "{{ [1, 2] < [1, 3] }} {{ 'a' < 'B' }} {{ (1, 'a') < (1, 'b') }} {{ 1 < 1.5 }} {{ true == 1 }} {{ 'a' == none }} {{ {'a': 1} == {'a': 1.0} }}", "{{ [1] < 'a' }}", "{{ missing < 1 }}", "{{ missing == missing }} {{ missing == none }} {{ missing in [1] }} {{ 1 in missing }} {{ missing ~ 'a' }} {{ not missing }}", "{{ 1 in 'abc' }}", "{{ none in m }} {{ [1] in [[1], 2] }} {{ 'b' in m.keys() }}",
    # methods
    "{{ 'a.b.c'.partition('.') }} {{ 'a.b.c'.rpartition('.') }} {{ 'abc'.partition('x') }} {{ 'abc'.rpartition('x') }}", "{{ 'abcabc'.rfind('b') }} {{ 'abcabc'.index('c') }} {{ 'abcabc'.find('b', 2) }} {{ 'abcabc'.find('b', -3, 5) }} {{ 'abcabc'.count('b', 2) }} {{ 'aaa'.count('') }} {{ 'a😀b😀'.rfind('😀') }} {{ 'abc'.rindex('b') }}", "{{ 'abc'.index('x') }}", "{{ 'abc'.startswith('b', 1) }} {{ 'abc'.endswith('b', 0, 2) }} {{ 'abc'.startswith(('x', 'a')) }} {{ ''.startswith('') }}", "{{ 'abc'.startswith(['a']) }}", "{{ 'abc'.split(sep='b') }} {{ 'a b c'.split(maxsplit=1) }} {{ 'a b c'.rsplit(' ', maxsplit=1) }} {{ 'a\\x1fb\\u3000c'.split() }}", "{{ 'abc'.split('b', nosuch=1) }}", "{{ 'abc'.split('') }}", "{{ 'abc'.strip(1) }}",
    "{{ 'a\\r\\nb\\x0cc\\u2028d\\n'.splitlines() }} {{ 'a\\nb'.splitlines(true) }} {{ ''.splitlines() }} {{ 'a\\n\\n'.splitlines(keepends=true) }}", "{{ 'aB'.islower() }} {{ 'ab1'.islower() }} {{ '1'.islower() }} {{ 'AB'.isupper() }} {{ '²'.isdigit() }} {{ '½'.isdigit() }} {{ '²'.isdecimal() }} {{ 'a1'.isalnum() }} {{ 'é数'.isalpha() }} {{ '\\u00a0 '.isspace() }} {{ ''.isspace() }}", "{{ 'abc'.replace('', '-') }} {{ 'aXbX'.removesuffix('X') }} {{ 'ab'.join(['1', '2']) }} {{ '-'.join('abc') }}", "{{ ','.join([1]) }}", "{{ [1, 2, 1].count(1) }} {{ [1, 2].index(2) }} {{ {'a': 1}.copy() }} {{ {'a': none}.get('a', 5) }} {{ m.get('zz', 3) }}", "{{ m.get('zz', default=3) }}", "{{ [1].append(2) }}", "{{ m.update({'a': 2}) }}", "{{ m.pop('a') }}", "{{ 'a'.nosuch is defined }} {{ 'a'.nosuch }}", "{{ 'a'.nosuch() }}", "{{ 'a'.__class__ }}",
    "{{ 'x'.upper(1) }}",
    # tests
    "{{ 'a' is lower }} {{ 'aB' is lower }} {{ '1' is lower }} {{ 'A1' is upper }} {{ 1 is integer }} {{ true is integer }} {{ 1.5 is number }} {{ (1,) is sequence }} {{ m.keys() is sequence }} {{ m.keys() is iterable }} {{ (l | map('abs')) is iterable }} {{ (l | map('abs')) is sequence }} {{ 'upper' is filter }} {{ 'x' is test }} {{ missing is iterable }} {{ missing is sequence }}", "{{ 3 is divisibleby(0) }}", "{{ 'a' is odd }}", "{{ 1 is sameas 1 }} {{ none is sameas none }}", "{{ 1 is eq(b=1) }}", "{{ 1 is eq }}", "{{ 1 is defined(2) }}", "{{ 4 is even and 3 is not even }} {{ l is not mapping }} {{ 2 is in l }} {{ 2 is not in(l) }}",
    # chains, precedence
    "{{ 1 if 0 else 2 if 0 else 3 }} {{ (1 if 0) is defined }} {{ 1 + 2 * 3 - 4 // 2 % 3 }} {{ 'a' ~ 1 * 2 }} {{ -2 ** 2 }} {{ 2 ** 3 ** 0 }} {{ not 1 == 2 }} {{ 1 < 2 == true }}", "{{ l[1] + l[-1] * 2 }} {{ l[0:2][::-1] }} {{ l[:] == l }} {{ l[10:] }} {{ l[::3] }} {{ l[-1:0:-1] }} {{ 'abc'[::-2] }} {{ l[1:-5:-1] }}", "{{ l['a'] is defined }} {{ l[1.5] is defined }} {{ 'abc'['x'] is defined }} {{ m[0] is defined }}", "{{ l[none] is defined }}", "{{ l[::0] }}",
    # tags
    "{% raw %}{{ x }} {% if %}{% endraw %}!", "a\n  {% raw %}\n  {{ b }}\n  {% endraw %}\nc", "a {%- raw -%} {{ b }} {%- endraw -%} c", "{% set x | upper %}a{{ 1 }}b{% endset %}{{ x }}", "{% set x | replace('a', 'b') | upper %}aa{% endset %}{{ x }}", "{% filter upper | replace('A', 'b') %}a{{ 's' }}{% endfilter %}", "{% with a = 1, b = a %}{{ a }}{{ b }}{% endwith %}{{ a }}", "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q }}",
    "{% macro box(t) %}[{{ t }}:{{ caller() }}]{% endmacro %}{% call box('x') %}in{{ 1 }}{% endcall %}", "{% macro each(xs) %}{% for x in xs %}{{ caller(x) }};{% endfor %}{% endmacro %}{% call(i) each(l) %}<{{ i }}>{% endcall %}", "{% for i in l %}{{ loop.depth }}{{ loop.depth0 }}{% for j in [1] %}{{ loop.depth }}{% endfor %}{% endfor %}", "{% for i in [1, 1, 2] %}{% if loop.changed(i) %}{{ i }}{% endif %}{% endfor %}", "{% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }}{{ loop.nextitem }}{% endfor %}", "{% for a, b in [(1, 2, 3)] %}{% endfor %}", "{% for k in 'ab' %}{% set q = k %}{% endfor %}{{ q is defined }}", "{% set ns = namespace(a=1) %}{% set ns.b = ns.a + 1 %}{{ ns.b }}{{ ns.zz is defined }}", "{% set ns = namespace() %}{% set ns._x = 1 %}", "{% set ns = namespace({'a': 1}, b=2) %}{{ ns.a + ns.b }}", "{{ dict(a=1, b=[2]) }} {{ dict({'a': 1}, b=2) }} {{ dict([('a', 1)]) }}", "{% for i in range(3, 0, -1) %}{{ i }}{% endfor %}", "{{ range(1, 2, 0) }}", "{% if false %}{{ x | nosuch }}{% endif %}ok", "{% generation %}a{% set q = 1 %}{% endgeneration %}{{ q is defined }}", "{% set a = 1 %}{% if true %}{% set a = 2 %}{% endif %}{{ a }}", "{% set a, b = 'xy' %}{{ b }}", "{% for i in l if i != 2 %}{{ loop.length }}{{ i }}{% else %}none{% endfor %}", "{% break %}", "{% for x in missing %}{% else %}e{% endfor %}", "{% for x in none %}{% endfor %}", "{% macro f(x=l) %}{{ x }}{% endmacro %}{{ f() }}{{ f(x=2) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f() }}|", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(b=2) }}",
    "{% macro f(a, b, c=3) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(*[1, 2]) }}{{ f(1, **{'b': 5, 'c': 6}) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(a=1, **{'a': 2}) }}", "{{ dict(**{'a': 1}) }}",
    "{{ strftime_now('%Y-%m-%d %d %b %Y, %-d/%-m, %H:%M:%S %I %p %A %a %B %y %j %e %F %T %D %%') }}",
]
NAMES = {"m": {"a": 1, "b": {"c": [0, {"d": "deep"}]}}, "l": [1, 2, 3], "s": "a数😀z",
         "people": [{"name": "Ann", "age": 41}, {"name": "Bo", "age": 27}, {"name": "Cy"}]}



def main():
    utils.datetime = Clock
    snippets = [{"source": s, **render(s, **NAMES)} for s in SNIPPETS + MORE]
    OUT.write_text(json.dumps({"names": NAMES, "snippets": snippets}, ensure_ascii=False, indent=1) + "\n")
    print(len(snippets), "snippets,", sum("refused" in s for s in snippets), "refused")


main()
