import { defineConfig } from 'prisma/config';

// Only Prisma's own commands read this, e.g. `npx prisma migrate deploy` where the network is open.
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
