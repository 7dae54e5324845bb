package dev.terse.reward.isolate;

import dev.terse.reward.RewardTerm;
import java.io.File;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Rewards that users write, by the entries {@code class:com.example.MyReward} and {@code
 * command:python my_reward.py} of {@code reward_funcs}.
 *
 * @param classPath jars and folders of classes, before which the program's own class path stands
 * @param limits of each reward's child process
 */
public record UserRewards(List<String> classPath, IsolationLimits limits) {
  /** Begins an entry that names a class. */
  private static final String CLASS = "class:";

  /** Begins an entry that is a command. */
  private static final String COMMAND = "command:";

  /**
   * @throws IllegalArgumentException naming what on the class path does not exist
   */
  public UserRewards {
    classPath = List.copyOf(classPath);
    Objects.requireNonNull(limits, "limits");
    for (String entry : classPath) {
      boolean jars = entry.endsWith(File.separator + "*"); // all jars of a folder, as java -cp has
      Path path = Path.of(jars ? entry.substring(0, entry.length() - 2) : entry).toAbsolutePath();
      if (!Files.exists(path)) {
        throw new IllegalArgumentException(
            "reward_classpath names '" + entry + "', but there is no " + path);
      }
    }
  }

  /** Classes of the program's own class path, with the default limits. */
  public static UserRewards defaults() {
    return new UserRewards(List.of(), IsolationLimits.defaults());
  }

  /** Whether an entry of {@code reward_funcs} names a class or a command. */
  public static boolean isUsers(String entry) {
    return isClass(entry) || entry.startsWith(COMMAND);
  }

  /** Whether an entry of {@code reward_funcs} names a class. */
  public static boolean isClass(String entry) {
    return entry.startsWith(CLASS);
  }

  /**
   * What decides how these rewards judge: what {@link #classPath} names and, of the program's own
   * class path, where the classes themselves stand; of a command, the files that it names.
   *
   * @param entries of {@code reward_funcs}
   */
  public List<Path> files(List<String> entries) {
    List<Path> files = new ArrayList<>();
    for (String entry : classPath) {
      boolean jars = entry.endsWith(File.separator + "*");
      files.add(Path.of(jars ? entry.substring(0, entry.length() - 2) : entry));
    }
    for (String entry : entries) {
      if (isClass(entry)) {
        String type = entry.substring(CLASS.length()).strip();
        own(type.replace('.', '/') + ".class").ifPresent(files::add);
      } else if (isUsers(entry)) {
        CommandReward.words(entry.substring(COMMAND.length())).stream()
            .map(Path::of)
            .filter(Files::isRegularFile)
            .forEach(files::add);
      }
    }
    return files;
  }

  /** The class file, or the jar that it is in. */
  private static Optional<Path> own(String resource) {
    URL found = ClassLoader.getSystemResource(resource);
    if (found == null) {
      return Optional.empty();
    }
    String text = found.toString();
    String file = text.startsWith("jar:") ? text.substring(4, text.indexOf("!/")) : text;
    return file.startsWith("file:") ? Optional.of(Path.of(URI.create(file))) : Optional.empty();
  }

  /**
   * The reward of an entry, named in metrics by its class without the package, or by the command's
   * last file without its ending. Nothing is started: {@link RewardTerm#open} does that.
   *
   * @throws IllegalArgumentException if the entry names no class or no command
   */
  public RewardTerm of(String entry) {
    if (!isClass(entry)) {
      return CommandReward.of(entry.substring(COMMAND.length()), limits.call());
    }
    String type = entry.substring(CLASS.length()).strip();
    boolean name = !type.isEmpty();
    for (String part : type.split("\\.", -1)) {
      name &= !part.isEmpty() && Character.isJavaIdentifierStart(part.charAt(0));
      name &= part.chars().allMatch(Character::isJavaIdentifierPart);
    }
    if (!name) {
      throw new IllegalArgumentException(
          "reward_funcs entry '" + entry + "' names no class: write class:com.example.MyReward");
    }
    String simple = type.substring(Math.max(type.lastIndexOf('.'), type.lastIndexOf('$')) + 1);
    return new IsolatedReward(simple, type, classPath, limits);
  }
}
