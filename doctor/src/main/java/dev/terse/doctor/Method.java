package dev.terse.doctor;

import dev.terse.trainer.config.ConfigReader;
import dev.terse.trainer.grpo.GrpoConfig;
import dev.terse.trainer.loop.RunConfig;
import dev.terse.trainer.sft.SftConfig;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The commands whose configurations can be looked at. */
public enum Method {
  SFT(SftConfig.class),
  GRPO(GrpoConfig.class);

  private final Class<? extends RunConfig> type;

  Method(Class<? extends RunConfig> type) {
    this.type = type;
  }

  /** The command of that name. */
  public static Optional<Method> named(String word) {
    return Arrays.stream(values()).filter(method -> method.command().equals(word)).findFirst();
  }

  /** Whose configuration has the keys; empty where they are keys of both. */
  public static Optional<Method> of(Collection<String> keys) {
    long sft = SFT.own(GRPO).stream().filter(keys::contains).count();
    long grpo = GRPO.own(SFT).stream().filter(keys::contains).count();
    return sft == grpo ? Optional.empty() : Optional.of(sft > grpo ? SFT : GRPO);
  }

  /** The command's name. */
  public String command() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All keys of its configuration. */
  public Set<String> keys() {
    return ConfigReader.defaults(type).keySet();
  }

  /** Keys that the other's configuration lacks. */
  private Set<String> own(Method other) {
    Set<String> own = new HashSet<>(keys());
    own.removeAll(other.keys());
    return own;
  }
}
