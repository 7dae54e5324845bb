"""Makes src/test/resources/tokenizer/transformers-ids.json.gz: token ids by transformers' AutoTokenizer.

usage: make_transformers_ids.py NAME=FOLDER ...      (transformers 5.x; a FOLDER has tokenizer.json or tokenizer.json.gz)
"""
import gzip, json, pathlib, shutil, sys, tempfile
from transformers import AutoTokenizer

OUT = pathlib.Path(__file__).parent.parent / "resources" / "tokenizer" / "transformers-ids.json.gz"
TEXTS = [
    "", " ", "\n", "\n\n\n", "\t x", "Hello", " Hello", "Hello, world!", "  two  blanks  ", "I'll say they've can't WE'RE", "3.14159 + 271828 = 12,345,678",
    "1+1=2\n\n2*3=6", "def f(x):\n    return x ** 2  # square\n", "<b>html</b> &amp; \"quotes\" 'single'", "数学は楽しい。中文、標點", "Привет, как дела?", "مرحبا بالعالم", "שלום עולם",
    "Zürich naïve café ﬁne ß İ", "e\u0301 and \u00e9", "👍🏽 👨‍👩‍👧 😀", "\u200b\u00a0\u2028x", "a" * 50, "!!!???...---", "\\boxed{\\frac{1}{2}} $x_{1}^{2}$", "http://a.b/c?d=e&f=%20g#h",
    "<|im_start|>user\nhi<|im_end|>\n", "<|endoftext|>x<|eot_id|>", "<think>\nso\n</think>\n\n4", "[SKIP] [SKIP]\n\n[SKIP]", "CamelCaseAndSNAKE_CASE_x2y3", "\r\nwindows\r\n", "ᄀᄁ 한국어 ไทย हिन्दी",
]
CHATS = [
    [{"role": "user", "content": "What is 2 + 3?"}],
    [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Say \"數\" 👍\n\nand 1,000"}],
    [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b\n"}, {"role": "user", "content": " c "}],
    [{"role": "user", "content": "a"}, {"role": "assistant", "content": "<think>\nx\n\ny\n</think>\n\nIt is 5."}],
]


def tokenizer_of(folder, parent):
    copy = pathlib.Path(parent) / folder.name
    copy.mkdir()
    for file in folder.iterdir():
        if file.name == "tokenizer.json.gz":
            (copy / "tokenizer.json").write_bytes(gzip.decompress(file.read_bytes()))
        elif file.suffix in (".json", ".jinja") and file.name != "config.json":  # its model_type would choose the class
            shutil.copy(file, copy)
    return AutoTokenizer.from_pretrained(copy)


def main():
    tokenizers = {}
    for argument in sys.argv[1:]:
        name, folder = argument.split("=", 1)
        with tempfile.TemporaryDirectory() as parent:
            tokenizer = tokenizer_of(pathlib.Path(folder), parent)
            chats = []
            if tokenizer.chat_template:
                for chat in CHATS:
                    for prompt in (False, True):
                        ids = tokenizer.apply_chat_template(chat, add_generation_prompt=prompt, tokenize=True, return_dict=True)
                        chats.append(list(ids["input_ids"]))
            tokenizers[name] = {
                "plain": [tokenizer(t, add_special_tokens=False)["input_ids"] for t in TEXTS],
                "special": [tokenizer(t)["input_ids"] for t in TEXTS], "chats": chats}
            print(name, type(tokenizer).__name__, len(tokenizer), len(chats), "chats")
    with open(OUT, "wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as out:
        out.write(json.dumps({"texts": TEXTS, "chats": CHATS, "tokenizers": tokenizers}, ensure_ascii=False).encode())


main()
