/**
 * The bridge to DL4J: its training listeners hear a run, and the known models are a zoo of it. The
 * trainer finds both by {@link java.util.ServiceLoader} and knows neither; nothing here is called
 * within an update but what the user names.
 */
package dev.terse.dl4j;
