"""Writing a model file again as Q8_0: keys and F32 tensors are kept, the others nearly so."""

import gguf
import numpy as np
import pytest

from kibitz.agents.models.embedded.requantise import RequantiseError, requantise

Q4, Q8 = gguf.GGMLQuantizationType.Q4_1, gguf.GGMLQuantizationType.Q8_0


def write_q4_1(path):
    values = np.random.default_rng(1).normal(size=(4, 64)).astype(np.float32)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("small")
    writer.add_file_type(3)
    writer.add_token_list(["a", "b"])
    writer.add_tensor("norm", values[0])
    writer.add_tensor("weight", gguf.quants.quantize(values, Q4), raw_dtype=Q4)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def test_the_same_model_in_q8_0(tmp_path):
    source, target = tmp_path / "a.gguf", tmp_path / "b.gguf"
    write_q4_1(source)
    requantise(source, target)
    old, new = gguf.GGUFReader(source), gguf.GGUFReader(target)
    assert [f for f in new.fields if not f.startswith("GGUF.")] == [f for f in old.fields if not f.startswith("GGUF.")]
    assert new.fields["general.file_type"].contents() == 7
    assert new.fields["tokenizer.ggml.tokens"].contents() == ["a", "b"]
    assert [t.tensor_type for t in new.tensors] == [gguf.GGMLQuantizationType.F32, Q8]
    assert np.array_equal(old.tensors[0].data, new.tensors[0].data)
    before = gguf.quants.dequantize(old.tensors[1].data, Q4)
    assert np.abs(gguf.quants.dequantize(new.tensors[1].data, Q8) - before).max() < 0.02


def test_a_failure_quotes_the_last_line(tmp_path):
    (tmp_path / "a.gguf").write_bytes(b"GGUF but not really, and long enough to be read")
    with pytest.raises(RequantiseError, match=r"\w"):
        requantise(tmp_path / "a.gguf", tmp_path / "b.gguf")
