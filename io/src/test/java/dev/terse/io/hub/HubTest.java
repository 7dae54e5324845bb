package dev.terse.io.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.io.hub.HubName.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of the hub, and where their files lie. */
class HubTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "MODEL, Qwen/Qwen2.5-0.5B-Instruct, Qwen/Qwen2.5-0.5B-Instruct",
    "MODEL, gpt2, openai-community/gpt2",
    "MODEL, Qwen3-0.6B, Qwen/Qwen3-0.6B",
    "MODEL, https://huggingface.co/Qwen/Qwen3-8B, Qwen/Qwen3-8B",
    "MODEL, https://huggingface.co/Qwen/Qwen3-8B/tree/main, Qwen/Qwen3-8B",
    "DATASET, openai/gsm8k, openai/gsm8k",
    "DATASET, gsm8k, openai/gsm8k",
    "DATASET, https://huggingface.co/datasets/openai/gsm8k, openai/gsm8k"
  })
  void name_ofTheHub_isRecognised(Repository repository, String text, String id) {
    assertThat(HubName.of(repository, text)).contains(new HubName(repository, id));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "models/qwen",
        "runs/sft",
        "data/train",
        "my-model",
        "a/b/c",
        "./a/b",
        "/a/b",
        "~/a",
        "../a",
        "lab/traces.jsonl",
        "lab/model.gguf",
        "lab/rows.csv.gz",
        "src/main",
        "C:/models",
        "a\\b",
        "",
        "org/"
      })
  void path_isNoNameOfTheHub(String text) {
    assertThat(HubName.of(Repository.MODEL, text)).isEmpty();
    assertThat(HubName.of(Repository.DATASET, text)).isEmpty();
  }

  @Test
  void name_thatIsNotHere_isAnsweredWithTheCommandAndTheFolder() {
    HubCache cache = new HubCache(folder);
    assertThat(InputKind.MODEL.missing("Qwen/Qwen2.5-0.5B-Instruct", cache))
        .hasValue(
            "Qwen/Qwen2.5-0.5B-Instruct is a name of the hub, and nothing is fetched: neither"
                + " models/Qwen/Qwen2.5-0.5B-Instruct nor the cache "
                + folder
                + " has it; run 'hf download Qwen/Qwen2.5-0.5B-Instruct --local-dir"
                + " models/Qwen/Qwen2.5-0.5B-Instruct' (or, with git-lfs, 'git clone"
                + " https://huggingface.co/Qwen/Qwen2.5-0.5B-Instruct"
                + " models/Qwen/Qwen2.5-0.5B-Instruct'), and the same command finds it in"
                + " models/Qwen/Qwen2.5-0.5B-Instruct");
    assertThat(InputKind.DATA.missing("openai/gsm8k", cache).orElseThrow())
        .contains("'hf download openai/gsm8k --repo-type dataset --local-dir data/openai/gsm8k'")
        .contains("git clone https://huggingface.co/datasets/openai/gsm8k data/openai/gsm8k");
    assertThat(InputKind.MODEL.missing("gpt2", cache).orElseThrow())
        .startsWith("openai-community/gpt2 is a name of the hub, of a model family that Terse does")
        .contains("hf download Qwen/Qwen2.5-0.5B-Instruct --local-dir");
  }

  @Test
  void path_thatIsWrong_isAnsweredAsAPath() {
    HubCache cache = new HubCache(folder);
    assertThat(InputKind.DATA.missing("rows.jsonl", cache))
        .hasValue(
            "there is no file or folder rows.jsonl in "
                + Path.of("").toAbsolutePath()
                + ": check the path");
    assertThat(InputKind.MODEL.missing("C:\\models\\qwen", cache))
        .hasValueSatisfying(text -> assertThat(text).contains("that is a path of Windows"));
    assertThat(InputKind.FILE.missing("Qwen/Qwen3-8B", cache))
        .hasValueSatisfying(text -> assertThat(text).startsWith("there is no file or folder Qwen"));
  }

  @Test
  void snapshot_isThatOfRefsMain_elseTheNewest() throws IOException {
    Path repository = folder.resolve("models--Qwen--Qwen3-0.6B");
    Path old = Files.createDirectories(repository.resolve("snapshots/aaa"));
    Path newer = Files.createDirectories(repository.resolve("snapshots/bbb"));
    Files.setLastModifiedTime(old, FileTime.fromMillis(1_000_000));
    HubCache cache = new HubCache(folder);
    assertThat(InputKind.MODEL.place("Qwen/Qwen3-0.6B", cache)).isEqualTo(newer);
    assertThat(InputKind.MODEL.place("Qwen3-0.6B", cache)).isEqualTo(newer);
    assertThat(InputKind.MODEL.missing("Qwen/Qwen3-0.6B", cache)).isEmpty();
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), "aaa\n");
    assertThat(InputKind.MODEL.place("Qwen/Qwen3-0.6B", cache)).isEqualTo(old);
    assertThat(InputKind.MODEL.place(repository.toString(), cache)).isEqualTo(old);
    assertThat(InputKind.MODEL.elsewhere(repository.toString()))
        .hasValue(repository + " is read from " + old);
    assertThat(InputKind.MODEL.elsewhere(old.toString())).isEmpty();
    assertThat(InputKind.DATA.missing("Qwen/Qwen3-0.6B", cache)).isPresent();
  }

  @Test
  void cache_isWhereTheEnvironmentSays_inTheHubsOwnOrder() {
    Path home = Path.of("/users/me");
    assertThat(HubCache.of(Map.of(), home).folder())
        .isEqualTo(home.resolve(".cache/huggingface/hub"));
    Map<String, String> xdg = Map.of("XDG_CACHE_HOME", "/c");
    assertThat(HubCache.of(xdg, home).folder()).isEqualTo(Path.of("/c/huggingface/hub"));
    Map<String, String> own = Map.of("HF_HOME", "~/hf", "XDG_CACHE_HOME", "/c");
    assertThat(HubCache.of(own, home).folder()).isEqualTo(home.resolve("hf/hub"));
    Map<String, String> direct = Map.of("HF_HUB_CACHE", "/hub", "HF_HOME", "/hf");
    assertThat(HubCache.of(direct, home).folder()).isEqualTo(Path.of("/hub"));
  }

  @Test
  void home_isWhatTheTildeStandsFor() {
    Path home = Path.of(System.getProperty("user.home"));
    assertThat(InputKind.FILE.place("~/none.yaml")).isEqualTo(home.resolve("none.yaml"));
    assertThat(InputKind.FILE.place("~none")).isEqualTo(Path.of("~none"));
    assertThat(InputKind.DATA.elsewhere("~")).hasValue("~ is read from " + home);
  }
}
