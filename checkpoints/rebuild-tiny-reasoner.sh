#!/usr/bin/env bash
# Trains checkpoints/tiny-reasoner anew from random weights and tells its accuracy; the new model is in
# runs/tiny-reasoner/base. From the root of the repository, after mvn -B package -DskipTests.
set -euo pipefail

terse() { java -jar trainer.jar "$@"; }
data=runs/tiny-reasoner
mkdir -p "$data"
terse task word-problems --split train --rows 224000 --seed 1 --output "$data/train.jsonl"
terse task word-problems --split valid --rows 300 --seed 1 --output "$data/valid.jsonl"
terse task word-problems --split test --rows 500 --seed 1 --format problems --output "$data/test.jsonl"
terse sft configs/tiny-reasoner-base.yaml
terse eval --model_name_or_path "$data/base" --dataset_name "$data/test.jsonl" --max_completion_length 352 --output "$data/test-base.jsonl"
