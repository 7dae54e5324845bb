"""Reads event files with TensorBoard's own reader and prints what it found, as JSON.

    pip install tensorboard
    python read_events.py RUN_FOLDER [--require scalar:train/loss histogram:advantages text:completions hparam:seed]

Ends with 1 if a required tag is missing.
"""
import argparse
import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2


def hparams(accumulator):
    """Name to value of the session's hyper-parameters."""
    found = {}
    for content in accumulator.summary_metadata.values():
        if content.plugin_data.plugin_name == "hparams":
            data = plugin_data_pb2.HParamsPluginData.FromString(content.plugin_data.content)
            for name, value in data.session_start_info.hparams.items():
                found[name] = getattr(value, value.WhichOneof("kind"))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--require", nargs="*", default=[])
    arguments = parser.parse_args()

    accumulator = EventAccumulator(
        arguments.folder, size_guidance={"scalars": 0, "histograms": 0, "tensors": 0}
    ).Reload()
    tags = accumulator.Tags()
    texts = {
        tag.removesuffix("/text_summary"): [
            event.tensor_proto.string_val[0].decode() for event in accumulator.Tensors(tag)
        ]
        for tag in tags["tensors"]
        if tag.endswith("/text_summary")
    }
    scalars = {tag: [(e.step, e.value) for e in accumulator.Scalars(tag)] for tag in tags["scalars"]}
    histograms = {tag: accumulator.Histograms(tag) for tag in tags["histograms"]}
    # A tag whose events a restart has voided is as good as absent.
    scalars, histograms, texts = ({tag: v for tag, v in d.items() if v} for d in (scalars, histograms, texts))
    parameters = hparams(accumulator)

    print(json.dumps({
        "scalars": {tag: {"points": len(v), "first": v[0], "last": v[-1]} for tag, v in scalars.items()},
        "histograms": {
            tag: [{"step": e.step, "num": e.histogram_value.num, "min": e.histogram_value.min,
                   "max": e.histogram_value.max, "sum": e.histogram_value.sum} for e in v][-3:]
            for tag, v in histograms.items()
        },
        "texts": {tag: {"points": len(v), "last": v[-1][:200]} for tag, v in texts.items()},
        "hparams": parameters,
    }, indent=1))

    kinds = {"scalar": scalars, "histogram": histograms, "text": texts, "hparam": parameters}
    missing = [r for r in arguments.require if r.split(":", 1)[1] not in kinds[r.split(":", 1)[0]]]
    if missing:
        sys.exit(f"missing: {missing}")


if __name__ == "__main__":
    main()
