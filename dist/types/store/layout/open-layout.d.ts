import type { Store } from '../store.js';
export interface OpenLayoutOptions {
    /** Make the layout if the directory is not there, or empty of one; default false. */
    readonly create?: boolean;
    /**
     * Keep the referrers tag of each subject, too (distribution-spec 1.1 "Referrers Tag Schema"), which is where
     * regclient looks in a layout; oras looks at the entries of index.json. Default false.
     */
    readonly fallbackTag?: boolean;
}
/**
 * An OCI image layout directory as a store (image-spec 1.1 image-layout.md). Throws `layout-not-found` where there is
 * none, `layout-invalid` where it cannot be understood.
 */
export declare function openLayout(directory: string, options?: OpenLayoutOptions): Promise<Store>;
/** Makes what is missing of an empty layout; what is there is left as it is. */
export declare function createLayout(directory: string): Promise<void>;
/** Whether the directory has the marker file of a layout; what it says is not looked at. */
export declare function isLayout(directory: string): Promise<boolean>;
