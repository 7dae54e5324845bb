/**
 * The program: reads the command line, runs a command, and turns failures into sentences and exit
 * codes.
 */
package dev.terse.cli;
