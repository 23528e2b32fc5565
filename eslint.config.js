import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.data/', '.tmp/', 'coverage/', 'src/store/generated/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // A default branch does not excuse a forgotten case: a new kind of message must not compile by falling through.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearTimeout: 'readonly',
        clearInterval: 'readonly',
      },
    },
  },
  {
    // The chat page and the console run in a browser.
    files: ['src/channels/web/page/**/*.js', 'src/http/page/**/*.js', 'src/console/page/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          ...['document', 'window', 'fetch', 'location', 'localStorage', 'sessionStorage', 'navigator', 'history'],
          ...['EventSource', 'FormData', 'File', 'Blob', 'AbortController', 'URLSearchParams', 'crypto', 'CSS'],
          ...[
            'HTMLElement',
            'Event',
            'CustomEvent',
            'MutationObserver',
            'IntersectionObserver',
            'requestAnimationFrame',
          ],
          ...['matchMedia', 'Headers', 'Response', 'Request', 'Intl', 'queueMicrotask', 'structuredClone'],
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
