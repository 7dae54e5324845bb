package dev.terse.trainer.memory;

import dev.terse.model.adapter.LoraSettings;
import dev.terse.trainer.optim.Optim;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The settings of a run that decide how much memory it takes.
 *
 * @param tokensPerPass max_tokens_per_pass
 * @param recompute gradient_checkpointing
 * @param optim AdamW's moments
 * @param adapters what use_peft trains
 * @param usePeft whether these are trained instead of all weights
 * @param maxLive sequences decoded together; 1 where none are
 * @param lengthKey max_length or max_completion_length
 * @param length its value
 */
public record MemorySettings(
    int tokensPerPass,
    boolean recompute,
    Optim optim,
    LoraSettings adapters,
    boolean usePeft,
    int maxLive,
    String lengthKey,
    int length) {
  /** Passes without a bound are first bounded to it: the default of the key. */
  private static final int FIRST_BOUND = 1024;

  /** The adapters that are trained, or null. */
  public LoraSettings lora() {
    return usePeft ? adapters : null;
  }

  /** Passes of half as many tokens; bounded ones where they have no bound. */
  MemorySettings withSmallerPasses() {
    return withTokensPerPass(tokensPerPass == 0 ? FIRST_BOUND : Math.max(1, tokensPerPass / 2));
  }

  MemorySettings withTokensPerPass(int other) {
    return with(other, recompute, optim, usePeft, maxLive, length);
  }

  MemorySettings withRecompute(boolean other) {
    return with(tokensPerPass, other, optim, usePeft, maxLive, length);
  }

  MemorySettings withLive(int other) {
    return with(tokensPerPass, recompute, optim, usePeft, other, length);
  }

  MemorySettings withOptim(Optim other) {
    return with(tokensPerPass, recompute, other, usePeft, maxLive, length);
  }

  MemorySettings withPeft(boolean other) {
    return with(tokensPerPass, recompute, optim, other, maxLive, length);
  }

  MemorySettings withLength(int other) {
    return with(tokensPerPass, recompute, optim, usePeft, maxLive, other);
  }

  private MemorySettings with(
      int newTokensPerPass,
      boolean newRecompute,
      Optim newOptim,
      boolean newUsePeft,
      int newMaxLive,
      int newLength) {
    return new MemorySettings(
        newTokensPerPass,
        newRecompute,
        newOptim,
        adapters,
        newUsePeft,
        newMaxLive,
        lengthKey,
        newLength);
  }

  /** What to write into the configuration to come here from {@code before}. */
  List<String> changesFrom(MemorySettings before) {
    List<String> changes = new ArrayList<>();
    if (tokensPerPass != before.tokensPerPass) {
      changes.add("max_tokens_per_pass: " + tokensPerPass);
    }
    if (recompute != before.recompute) {
      changes.add("gradient_checkpointing: " + recompute);
    }
    if (maxLive != before.maxLive) {
      changes.add("max_live: " + maxLive);
    }
    if (optim != before.optim) {
      changes.add("optim: " + optim.name().toLowerCase(Locale.ROOT));
    }
    if (usePeft != before.usePeft) {
      changes.add("use_peft: " + usePeft);
    }
    if (length != before.length) {
      changes.add(lengthKey + ": " + length);
    }
    return changes;
  }
}
