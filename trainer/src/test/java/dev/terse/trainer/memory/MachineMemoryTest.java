package dev.terse.trainer.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineMemoryTest {
  @TempDir private Path root;

  private void file(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void system() throws IOException {
    file("proc/meminfo", "MemTotal:  8000000 kB\nMemFree: 1000 kB\nMemAvailable:    6000000 kB\n");
  }

  @Test
  void read_noControlGroup_isWhatTheSystemHas() throws IOException {
    system();
    MachineMemory memory = MachineMemory.read(root);
    assertThat(memory.total()).isLessThanOrEqualTo(8_192_000_000L);
    assertThat(memory.available()).isEqualTo(6_144_000_000L);
  }

  @Test
  void read_containerWithALimit_isTheLimitLessWhatIsUsedButCache() throws IOException {
    system();
    file("proc/self/cgroup", "0::/\n");
    file("sys/fs/cgroup/memory.max", "3000000000\n");
    file("sys/fs/cgroup/memory.current", "2500000000\n");
    file("sys/fs/cgroup/memory.stat", "anon 1\nfile 7\ninactive_file 1000000000\n");
    assertThat(MachineMemory.read(root))
        .isEqualTo(new MachineMemory(3_000_000_000L, 1_500_000_000L));
  }

  @Test
  void read_nestedGroups_isTheTightest() throws IOException {
    system();
    file("proc/self/cgroup", "12:cpu:/x\n0::/user/job\n");
    file("sys/fs/cgroup/user/memory.max", "4000000000\n");
    file("sys/fs/cgroup/user/memory.current", "3000000000\n");
    file("sys/fs/cgroup/user/job/memory.max", "max\n");
    file("sys/fs/cgroup/user/job/memory.current", "100\n");
    assertThat(MachineMemory.read(root))
        .isEqualTo(new MachineMemory(4_000_000_000L, 1_000_000_000L));
  }

  /** As in the reliability run: 600 MB of version 1, on a machine with more free than that. */
  @Test
  void read_containerOfVersionOne_isItsLimitToo() throws IOException {
    system();
    file("proc/self/cgroup", "9:name=systemd:/job\n4:memory:/job\n");
    file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    file("sys/fs/cgroup/memory/memory.usage_in_bytes", "700000000\n");
    file("sys/fs/cgroup/memory/job/memory.limit_in_bytes", "600000000\n");
    file("sys/fs/cgroup/memory/job/memory.usage_in_bytes", "300000000\n");
    file("sys/fs/cgroup/memory/job/memory.stat", "cache 1\ntotal_inactive_file 100000000\n");
    assertThat(MachineMemory.read(root)).isEqualTo(new MachineMemory(600_000_000L, 400_000_000L));
  }

  @Test
  void read_thisMachine_hasMemory() {
    MachineMemory memory = MachineMemory.read();
    assertThat(memory.available()).isPositive().isLessThanOrEqualTo(memory.total());
  }
}
