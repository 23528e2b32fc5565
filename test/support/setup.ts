// A test must not reach a real installation through the environment of whoever runs it.
for (const name of ['DATABASE_URL', 'REDIS_URL', 'TELEGRAM_BOT_TOKEN', 'ZALO_ACCESS_TOKEN']) {
  delete process.env[name];
}
