/**
 * Rows of data files, whatever their format: JSON lines, JSON arrays, CSV and Parquet, packed by
 * gzip or not, one or many, in a folder as the hub lays them out. Knows no tokens.
 */
package dev.terse.io.rows;
