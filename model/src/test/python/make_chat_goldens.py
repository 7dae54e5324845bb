"""Makes src/test/resources/chat: templates and what Jinja2 renders from them, set up as transformers does.

usage: make_chat_goldens.py QWEN3_TOKENIZER_CONFIG R1_TOKENIZER_CONFIG SMOLLM2_FOLDER   (jinja2 3.1.6)
Qwen3 and SmolLM2: Apache-2.0. DeepSeek-R1-Distill: MIT. llama3-like.jinja is our own.
"""
import datetime, json, pathlib, sys
import jinja2, jinja2.ext, jinja2.sandbox

OUT = pathlib.Path(__file__).parent.parent / "resources" / "chat"


def environment():
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    class Generation(jinja2.ext.Extension):  # transformers: AssistantTracker
        tags = {"generation"}

        def parse(self, parser):
            line = next(parser.stream).lineno
            body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
            return jinja2.nodes.CallBlock(self.call_method("same"), [], [], body).set_lineno(line)

        def same(self, caller):
            return caller()

    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda f: datetime.datetime.now().strftime(f)
    return env


ENV = environment()


def render(source, **names):
    try:
        return {"expected": ENV.from_string(source).render(**names)}
    except Exception as e:  # the interpreter must refuse too; its sentence is its own
        return {"refused": type(e).__name__}


def text_of(token):
    return token["content"] if isinstance(token, dict) else token


def special(config):
    return {k: text_of(config[k]) for k in ("bos_token", "eos_token", "pad_token", "unk_token") if config.get(k)}


USER = {"role": "user", "content": "What is 2 + 3?\n\n  Say {{ why }} & \"how\" – 数学 👍"}
CONVERSATIONS = [
    [USER],
    [{"role": "system", "content": "  Be brief.\n"}, USER],
    [USER, {"role": "assistant", "content": "<think>\n2+3=5\n\nso\n</think>\n\nIt is 5."},
     {"role": "user", "content": "And 7*6?"}],
    [USER, {"role": "assistant", "content": "\nthinking\n</think>\n\nIt is \\boxed{5}.\n"}],
    [USER, {"role": "assistant", "content": ""}, {"role": "user", "content": "  "}],
    [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
    [{"role": "assistant", "content": "I speak first"}],
    [],
]
VARIABLES = {"qwen3": [{}, {"enable_thinking": False}, {"enable_thinking": True}],
             "llama3-like": [{"date_string": "1 Jan 2026"},
                             {"date_string": "x", "tools": [{"name": "f", "args": {"a": [1, 2.5, None, True]}, "e": {}}]}]}

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
NAMES = {"m": {"a": 1, "b": {"c": [0, {"d": "deep"}]}}, "l": [1, 2, 3], "s": "a数😀z",
         "people": [{"name": "Ann", "age": 41}, {"name": "Bo", "age": 27}, {"name": "Cy"}]}


def main():
    qwen, r1, smol = (pathlib.Path(p) for p in sys.argv[1:4])
    qwen, r1 = json.loads(qwen.read_text()), json.loads(r1.read_text())
    sources = {"qwen3": (qwen["chat_template"], special(qwen)), "r1-distill": (r1["chat_template"], special(r1)),
               "smollm2": ((smol / "chat_template.jinja").read_text(), special(json.loads((smol / "tokenizer_config.json").read_text()))),
               "llama3-like": ((OUT / "llama3-like.jinja").read_text(), {"bos_token": "<|begin_of_text|>", "eos_token": "<|eot_id|>"})}
    rows = []
    for name, (source, tokens) in sources.items():
        (OUT / f"{name}.jinja").write_text(source)
        for messages in CONVERSATIONS:
            for prompt in (False, True):
                for variables in VARIABLES.get(name, [{}]):
                    names = {"tools": None, "documents": None, **tokens, **variables}
                    rows.append({"template": name, "tokens": tokens, "messages": messages, "add_generation_prompt": prompt,
                                 "variables": variables, **render(source, messages=messages, add_generation_prompt=prompt, **names)})
    (OUT / "goldens.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    snippets = [{"source": s, **render(s, **NAMES)} for s in SNIPPETS]
    (OUT / "snippets.json").write_text(json.dumps({"names": NAMES, "snippets": snippets}, ensure_ascii=False, indent=1) + "\n")
    print(len(rows), "renderings,", len(snippets), "snippets,", sum("refused" in r for r in rows + snippets), "refused")


main()
