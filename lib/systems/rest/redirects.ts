import type { AxiosRequestConfig } from 'axios';
import { TargetSystemError } from '../../core/errors.js';
import { publicUrl } from './request-secrets.js';

/** Which redirects a request may follow. */
export interface RedirectRules {
  readonly config: AxiosRequestConfig;
  /** The full URL of the request. */
  readonly url: string;
  /** Origins that may be redirected to, besides the request's own. */
  readonly origins: readonly string[];
}

/**
 * The part of a config that keeps a request, with its body and keys, from another origin. Axios's http adapter asks before each
 * redirect; its fetch adapter cannot, and follows none.
 */
export function withinOrigins(
  { config, url, origins }: RedirectRules,
  onRefusal: (error: TargetSystemError) => void = () => undefined,
): AxiosRequestConfig {
  const { beforeRedirect, fetchOptions } = config;
  const allowed = [url, ...origins].map(originOf);
  return {
    beforeRedirect(options, ...details) {
      const origin = originOf(String(options['href']));
      if (!allowed.includes(origin)) {
        const error = refused(config, url, origin);
        onRefusal(error);
        throw error;
      }
      beforeRedirect?.(options, ...details);
    },
    fetchOptions: { ...(fetchOptions as object | undefined), redirect: 'manual' },
  };
}

function refused({ method = 'GET' }: AxiosRequestConfig, url: string, origin: string): TargetSystemError {
  return new TargetSystemError(
    `${method.toUpperCase()} ${publicUrl(url)} was redirected to ${origin}, which is another origin; nothing was sent there`,
    {
      fix: [
        `send the request to ${origin} at once, or`,
        `write redirectOrigins: ['${origin}'] in the options of the target system, if body and credentials may go there`,
      ],
    },
  );
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
