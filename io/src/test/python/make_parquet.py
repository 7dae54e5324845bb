"""Parquet files of the tests: python make_parquet.py, with pyarrow. Each holds the rows of rows.jsonl."""

import json
import pathlib

import pyarrow as pa
import pyarrow.parquet as pq

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "resources/rows"

ROWS = [
    {
        "id": i,
        "prompt": [{"role": "user", "content": f"é{i}+1"}, {"role": "tool", "content": None}][: 1 + i % 2],
        "answer": None if i % 5 == 0 else str(i + 1),
        "score": i / 4,
        "right": i % 3 == 0,
        "tags": None if i % 4 == 3 else ["a" * (i % 3), None, "b"][: i % 4],
        "nested": {"deep": {"numbers": [[i, i + 1], []], "text": "same for all"}},
    }
    for i in range(50)
]


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(ROWS)
    (FOLDER / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    for codec in ["none", "snappy", "zstd", "gzip", "lz4"]:
        pq.write_table(table, FOLDER / f"{codec}.parquet", compression=codec, row_group_size=20)
    pq.write_table(table, FOLDER / "v2.parquet", compression="zstd", row_group_size=20, data_page_version="2.0", version="2.6",
                   use_dictionary=False, column_encoding={"score": "BYTE_STREAM_SPLIT", "id": "DELTA_BINARY_PACKED", "answer": "DELTA_BYTE_ARRAY"})


main()
