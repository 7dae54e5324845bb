package dev.terse.io.hub;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repository of the hub.
 *
 * @param repository whether it holds a model or a data set
 * @param id its name there, {@code organization/name}
 */
public record HubName(Repository repository, String id) {
  private static final String HUB = "https://huggingface.co/";
  private static final Pattern URL =
      Pattern.compile("https?://(?:www\\.)?(?:huggingface\\.co|hf\\.co)/(?:datasets/)?([^?#]+)");
  private static final Pattern ID =
      Pattern.compile(
          "([A-Za-z0-9][\\w.-]*)/([A-Za-z0-9][\\w.-]*)(?:/(?:tree|blob|resolve)/.*)?/?");

  /** Endings by which a text is a file's path. */
  private static final Pattern FILE =
      Pattern.compile(
          "(?i).*\\.(gguf|safetensors|bin|pt|pth|ya?ml|jinja|txt|parquet|jsonl?|ndjson|[ct]sv)"
              + "(\\.(gz|zip|xz|zst))?");

  /** Folders of a user's own, which nobody calls an organization. */
  private static final Set<String> OWN =
      Set.of(
          "models",
          "model",
          "data",
          "datasets",
          "dataset",
          "runs",
          "run",
          "output",
          "outputs",
          "checkpoints",
          "configs",
          "trainer_output",
          "src",
          "tmp",
          "home",
          "target",
          "docs");

  /** Organizations whose models are of a family that nothing here reads: GPT-2 and its like. */
  private static final Set<String> OTHER_FAMILIES = Set.of("openai-community", "distilbert");

  /** Names that people say without the organization. */
  private static final Map<Repository, Map<String, String>> SHORT =
      Map.of(
          Repository.MODEL,
          Map.ofEntries(
              Map.entry("gpt2", "openai-community/gpt2"),
              Map.entry("gpt2-medium", "openai-community/gpt2-medium"),
              Map.entry("gpt2-large", "openai-community/gpt2-large"),
              Map.entry("gpt2-xl", "openai-community/gpt2-xl"),
              Map.entry("distilgpt2", "distilbert/distilgpt2"),
              Map.entry("qwen2.5-0.5b", "Qwen/Qwen2.5-0.5B"),
              Map.entry("qwen2.5-0.5b-instruct", "Qwen/Qwen2.5-0.5B-Instruct"),
              Map.entry("qwen2.5-1.5b-instruct", "Qwen/Qwen2.5-1.5B-Instruct"),
              Map.entry("qwen2.5-math-1.5b", "Qwen/Qwen2.5-Math-1.5B"),
              Map.entry("qwen3-0.6b", "Qwen/Qwen3-0.6B"),
              Map.entry("qwen3-1.7b", "Qwen/Qwen3-1.7B"),
              Map.entry("qwen3-8b", "Qwen/Qwen3-8B"),
              Map.entry("smollm2-135m-instruct", "HuggingFaceTB/SmolLM2-135M-Instruct"),
              Map.entry("smollm2-360m-instruct", "HuggingFaceTB/SmolLM2-360M-Instruct"),
              Map.entry("smollm3-3b", "HuggingFaceTB/SmolLM3-3B"),
              Map.entry(
                  "deepseek-r1-distill-qwen-1.5b", "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"),
              Map.entry("deepseek-r1-distill-qwen-7b", "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B"),
              Map.entry(
                  "deepseek-r1-distill-qwen-14b", "deepseek-ai/DeepSeek-R1-Distill-Qwen-14B")),
          Repository.DATASET,
          Map.of(
              "gsm8k", "openai/gsm8k",
              "math-500", "HuggingFaceH4/MATH-500",
              "openr1-math-220k", "open-r1/OpenR1-Math-220k",
              "numinamath-tir", "AI-MO/NuminaMath-TIR",
              "ultrafeedback_binarized", "trl-lib/ultrafeedback_binarized"));

  /** What a repository holds. */
  public enum Repository {
    MODEL("models", "", ""),
    DATASET("data", " --repo-type dataset", "datasets/");

    private final String folder;
    private final String option;
    private final String path;

    Repository(String folder, String option, String path) {
      this.folder = folder;
      this.option = option;
      this.path = path;
    }
  }

  /**
   * The repository that a text names: {@code organization/name}, its address, or one of a few names
   * that are known without the organization. Empty for what looks like a path.
   */
  public static Optional<HubName> of(Repository repository, String text) {
    Matcher url = URL.matcher(text);
    boolean address = url.matches();
    String name = address ? url.group(1) : text;
    String known = SHORT.get(repository).get(name.toLowerCase(Locale.ROOT));
    if (known != null) {
      return Optional.of(new HubName(repository, known));
    }
    Matcher id = ID.matcher(name);
    if (!id.matches() || !address && isPath(name, id.group(1))) {
      return Optional.empty();
    }
    return Optional.of(new HubName(repository, id.group(1) + "/" + id.group(2)));
  }

  private static boolean isPath(String name, String first) {
    return FILE.matcher(name).matches()
        || OWN.contains(first)
        || name.endsWith("/")
        || Files.isDirectory(Path.of(first));
  }

  /** Whether it is known to hold what Terse does not read, so that getting it would not help. */
  boolean isOfOtherFamily() {
    return OTHER_FAMILIES.contains(id.substring(0, id.indexOf('/')));
  }

  /** Where its files are looked for in the working folder, and {@link #download} puts them. */
  public Path folder() {
    return Path.of(repository.folder, id.split("/"));
  }

  /** The command of the hub's own program that gets the files. */
  public String download() {
    return "hf download " + id + repository.option + " --local-dir " + slashed(folder());
  }

  /** A command that gets them by git alone. */
  public String cloning() {
    return "git clone " + address() + " " + slashed(folder());
  }

  /** Its page. */
  public String address() {
    return HUB + repository.path + id;
  }

  /** Its folder in a cache of the hub. */
  String cached() {
    String kind = repository == Repository.MODEL ? "models" : "datasets";
    return kind + "--" + String.join("--", List.of(id.split("/")));
  }

  private static String slashed(Path path) {
    return path.toString().replace('\\', '/');
  }
}
