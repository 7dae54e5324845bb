package dev.terse.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The folders that JavaCPP and DJL unpack native libraries into and load them from. Whoever may
 * write there runs code as this user; so they belong to this user alone, or the program does not
 * start. Must run before the first class of either is loaded. Systems without the owners and rights
 * of POSIX are left to their own defaults.
 */
final class NativeFolders {
  private static final String JAVACPP = "org.bytedeco.javacpp.cachedir";
  private static final String DJL = "DJL_CACHE_DIR";
  private static final String DJL_ENGINES = "ENGINE_CACHE_DIR";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final int STICKY = 0b1_000_000_000; // nobody replaces there what others own
  private static final String ROOT = "root";

  private NativeFolders() {}

  /** Libraries cannot be loaded from where only this user may write. */
  static final class UnsafeFolderException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnsafeFolderException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Makes the folders where they are missing. Of those in the home others' rights are taken away;
   * those that the user names keep theirs.
   *
   * @throws UnsafeFolderException where somebody else could put a library there
   */
  static void configure() {
    Path home = Path.of(System.getProperty("user.home"));
    use(JAVACPP, home.resolve(".javacpp/cache"));
    use(DJL, home.resolve(".djl.ai"));
    given(DJL_ENGINES).ifPresent(folder -> use(DJL_ENGINES, folder));
  }

  // Said aloud, for both libraries go into a folder of the system's temporary ones where they
  // cannot write into the home.
  private static void use(String property, Path usual) {
    Optional<Path> given = given(property);
    Path folder = given.orElse(usual);
    try {
      Path absolute = folder.toAbsolutePath().normalize();
      if (given.isPresent()) {
        require(absolute, property); // its rights are the user's affair
      } else {
        prepare(absolute, property);
      }
    } catch (IOException e) {
      throw new UnsafeFolderException(
          "cannot use the folder of native libraries "
              + folder
              + " ("
              + e.getClass().getSimpleName()
              + "); name another by -D"
              + property
              + "=FOLDER",
          e);
    }
    System.setProperty(property, folder.toString());
  }

  /** DJL looks at the environment first; JavaCPP only at the property. */
  private static Optional<Path> given(String name) {
    return Optional.ofNullable(System.getenv(name))
        .or(() -> Optional.ofNullable(System.getProperty(name)))
        .filter(path -> !path.isBlank())
        .map(Path::of);
  }

  /** Makes {@code folder} this user's alone, or says why it cannot be. */
  static void prepare(Path folder, String property) throws IOException {
    require(folder, property);
    if (hasRights(folder)) {
      Files.setPosixFilePermissions(folder.toRealPath(), OWNER_ONLY);
    }
  }

  private static boolean hasRights(Path folder) throws IOException {
    return Files.getFileStore(folder).supportsFileAttributeView("posix");
  }

  /** Makes {@code folder} where it is missing, or says why others could put a library there. */
  static void require(Path folder, String property) throws IOException {
    Path first = folder;
    while (!Files.exists(first)) {
      first = first.getParent();
    }
    if (!hasRights(first)) {
      Files.createDirectories(folder);
      return;
    }
    if (!Files.exists(folder)) {
      Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
    Path mine = Files.createTempFile(folder, ".owner", null);
    String me = Files.getOwner(mine).getName();
    Files.delete(mine);
    for (Path each = folder.toRealPath(); each != null; each = each.getParent()) {
      Optional<String> danger = danger(each, me);
      if (danger.isPresent()) {
        throw new UnsafeFolderException(
            "native libraries would be loaded from "
                + folder
                + ", but "
                + each
                + " "
                + danger.get()
                + ", who could put others there; take that right away, or name a folder of your own"
                + " by -D"
                + property
                + "=FOLDER",
            null);
      }
    }
  }

  /** Who else may put or replace something in a folder. */
  static Optional<String> danger(Path folder, String me) throws IOException {
    PosixFileAttributes rights =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    String owner = rights.owner().getName();
    if (!owner.equals(me) && !owner.equals(ROOT)) {
      return Optional.of("belongs to " + owner);
    }
    boolean sticky = ((int) Files.getAttribute(folder, "unix:mode") & STICKY) != 0;
    if (sticky) {
      return Optional.empty();
    }
    if (rights.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
      return Optional.of("may be written by everybody");
    }
    // A group of the owner's own name is the owner alone, as most systems set users up.
    String group = rights.group().getName();
    return rights.permissions().contains(PosixFilePermission.GROUP_WRITE) && !group.equals(owner)
        ? Optional.of("may be written by the group " + group)
        : Optional.empty();
  }
}
