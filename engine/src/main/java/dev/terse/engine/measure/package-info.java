/** What an engine can do on this machine, measured. */
package dev.terse.engine.measure;
