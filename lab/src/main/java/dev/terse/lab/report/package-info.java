/**
 * The table and the page that a quickstart ends with. It reads records and metrics, and runs
 * nothing.
 */
package dev.terse.lab.report;
