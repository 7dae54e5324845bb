/** What the process shows while it works: bars on a terminal, plain lines in a file. */
package dev.terse.cli.progress;
