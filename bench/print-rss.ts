/** Preloaded into a process that is measured: says its peak memory when it ends; for upload.ts. */
process.on('exit', () => process.stderr.write(`peak RSS ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB\n`));
